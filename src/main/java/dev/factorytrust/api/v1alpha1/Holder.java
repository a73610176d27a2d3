package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A person or a token that holds an offline key. */
@ApiObject
// Rules of the holder, and no pattern: for those of a string, the API server repeats what it refuses, here a private
// key.
@ValidationRule(
        value = "!self.publicKey.contains('PRIVATE KEY')",
        fieldPath = ".publicKey",
        message =
                "publicKey holds a private key. A private key must never enter the cluster: treat this one as disclosed,"
                        + " generate a new one and put only its public half here (openssl pkey -in key.pem -pubout)")
@ValidationRule(
        value = "self.publicKey.contains('PRIVATE KEY') || self.publicKey.matches('^\\\\s*-----BEGIN PUBLIC"
                + " KEY-----[A-Za-z0-9+/=\\\\s]+-----END PUBLIC KEY-----\\\\s*$')",
        fieldPath = ".publicKey",
        message =
                "publicKey must be one PEM block that begins with -----BEGIN PUBLIC KEY----- and ends with -----END PUBLIC"
                        + " KEY-----, as openssl pkey -in key.pem -pubout prints it")
public record Holder(
        @Required @Pattern(Formats.HOLDER_NAME) @Size(min = 1, max = 32) @JsonPropertyDescription("""
                Who holds the key: 1 to 32 lower-case letters, digits or hyphens, unique within a role. It is signed into \
                root and public for ever. Example: alice""")
        String name,

        @Required @Size(max = 4096) @JsonPropertyDescription("""
                The public half of the holder's key: one PEM block, SubjectPublicKeyInfo, as `openssl pkey -in key.pem \
                -pubout` prints it; Ed25519, ECDSA P-256 or RSA of 2048 bits and more (OTAConnect: Ed25519 or RSA). Never \
                a private key. Example: -----BEGIN PUBLIC KEY-----…-----END PUBLIC KEY-----""")
        String publicKey) {}
