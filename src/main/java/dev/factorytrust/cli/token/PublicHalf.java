package dev.factorytrust.cli.token;

import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PublicKey;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
            return beside(privateKey, Attribute.PUBLIC_KEY).stream()
                    .flatMap(object -> key(object, type).stream())
                    .findFirst()
                    .or(() -> key(privateKey, type))
                    .or(() -> beside(privateKey, Attribute.CERTIFICATE).stream()
                            .flatMap(object -> cryptoki.attribute(session, object, Attribute.VALUE).stream())
                            .flatMap(value -> TokenKeys.certified(value).stream())
                            .findFirst())
                    .orElseThrow(() -> new TokenException("the token shows no public key beside this private key:"
                            + " neither an object of its id, nor a certificate"));
        } catch (InvalidKeyException e) {
            throw new TokenException("this key is of a kind that TUF doesn't take: " + e.getMessage());
        }
    }

    private List<Long> beside(long privateKey, long kind) {
        var template = new ArrayList<>(List.of(Attribute.of(Attribute.CLASS, kind)));
        cryptoki.attribute(session, privateKey, Attribute.ID)
                .filter(id -> id.length > 0)
                .map(id -> Attribute.of(Attribute.ID, id))
                .or(() -> cryptoki.attribute(session, privateKey, Attribute.LABEL)
                        .map(name -> Attribute.of(Attribute.LABEL, name)))
                .ifPresent(template::add);
        return template.size() == 1 ? List.of() : cryptoki.find(session, template);
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
