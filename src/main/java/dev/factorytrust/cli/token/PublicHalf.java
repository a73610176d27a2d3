package dev.factorytrust.cli.token;

import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PublicKey;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Where tokens show the public half of a private key: beside it, in a certificate, or for RSA in the key itself. */
record PublicHalf(Cryptoki cryptoki, long session) {

    PublicKey of(long privateKey) {
        var type = cryptoki.attribute(session, privateKey, Attribute.KEY_TYPE)
                .map(Attribute::number)
                .orElse(-1L);
        if (!List.of(TokenKeys.RSA, TokenKeys.EC, TokenKeys.EC_EDWARDS).contains(type)) {
            throw new TokenException(
                    "this key is of a type that TUF doesn't take (CKK 0x%X): it takes RSA, P-256 and Ed25519"
                            .formatted(type));
        }
        try {
            return key(privateKey, type)
                    .or(() -> beside(privateKey, Attribute.PUBLIC_KEY, object -> key(object, type)))
                    .or(() -> beside(privateKey, Attribute.CERTIFICATE, object -> cryptoki.attribute(
                                    session, object, Attribute.VALUE)
                            .flatMap(TokenKeys::certified)))
                    .orElseThrow(() -> new TokenException("the token shows no public key beside this private key:"
                            + " neither an object of its id, nor a certificate"));
        } catch (InvalidKeyException e) {
            throw new TokenException("this key is of a kind that TUF doesn't take: " + e.getMessage());
        }
    }

    /**
     * By the id, as PKCS#11 means it, and where several have that, by the label too.
     *
     * @throws TokenException where it still may be any of several: the wrong one would be named in a root, and not sign
     */
    private Optional<PublicKey> beside(long privateKey, long kind, Function<Long, Optional<PublicKey>> read) {
        var id = named(privateKey, Attribute.ID);
        var name = named(privateKey, Attribute.LABEL);
        var found =
                id.or(() -> name).map(only -> keys(kind, read, List.of(only))).orElse(List.of());
        if (found.size() > 1 && id.isPresent() && name.isPresent()) {
            found = keys(kind, read, List.of(id.get(), name.get()));
        }
        if (found.size() > 1) {
            throw new TokenException("the token has " + found.size()
                    + " public keys that may belong to this private key: give each key an id of its own");
        }
        return found.stream().findFirst();
    }

    private Optional<Attribute> named(long privateKey, long type) {
        return cryptoki.attribute(session, privateKey, type)
                .filter(value -> value.length > 0)
                .map(value -> Attribute.of(type, value));
    }

    private List<PublicKey> keys(long kind, Function<Long, Optional<PublicKey>> read, List<Attribute> named) {
        var template = new ArrayList<>(List.of(Attribute.of(Attribute.CLASS, kind)));
        template.addAll(named);
        return cryptoki.find(session, template).stream()
                .flatMap(object -> read.apply(object).stream())
                .distinct()
                .toList();
    }

    private Optional<PublicKey> key(long object, long type) {
        if (type == TokenKeys.RSA) {
            return cryptoki.attribute(session, object, Attribute.MODULUS)
                    .flatMap(modulus -> cryptoki.attribute(session, object, Attribute.PUBLIC_EXPONENT)
                            .map(exponent -> TokenKeys.rsa(modulus, exponent)));
        }
        return cryptoki.attribute(session, object, Attribute.EC_POINT)
                .flatMap(point -> type == TokenKeys.EC_EDWARDS
                        ? Optional.of(TokenKeys.edwards(point))
                        : cryptoki.attribute(session, object, Attribute.EC_PARAMS)
                                .map(parameters -> TokenKeys.ec(parameters, point)));
    }
}
