package dev.factorytrust.cli.token;

/** A token, or its module, doesn't do what was asked: a sentence for the person at the terminal, without any PIN. */
public final class TokenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TokenException(String message) {
        super(message);
    }
}
