package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.TargetFile;

import java.util.Map;
import java.util.Optional;

/**
 * What aktualizr was measured to refuse, beyond what decoding refuses already; and what it writes otherwise than the tools
 * that sign, so that either's signatures and hashes aren't the other's.
 */
final class OtaConnectViolations extends Violations {

    OtaConnectViolations(Limits limits) {
        super(limits);
    }

    @Override
    Optional<String> ofValue(String path, JsonNode value) {
        return Optional.empty();
    }

    /** Told of other bytes, as a tool that hashes what it fetched would tell them, hashes never match. Nobody tells a root's. */
    @Override
    void file(Signed<?> signed, JsonNode tree) {
        var hashed = signed.metadata().role() != RoleName.ROOT;
        check(
                !hashed || isCanonical(signed.file(), tree),
                "the file",
                "isn't in the canonical form, of which devices check the hash");
    }

    private static boolean isCanonical(Bytes bytes, JsonNode tree) {
        try {
            return CanonicalJson.ESCAPED.of(tree).equals(bytes);
        } catch (IllegalArgumentException beyond64Bits) {
            return false;
        }
    }

    @Override
    void key(String path, KeyId keyid, Key key) {
        OtaConnectKeys.unusable(key).ifPresent(why -> check(false, path + ":", why));
    }

    /** By reading, not by measurement: what Uptane::Target can't convert ends the reading of all targets. */
    @Override
    void target(String at, String path, TargetFile file) {
        file.custom().ifPresent(custom -> {
            for (var name : new String[] {"targetFormat", "uri"}) {
                check(!custom.path(name).isContainerNode(), at + ".custom." + name, "isn't a text");
            }
            for (var id : custom.path("hardwareIds")) {
                check(!id.isContainerNode(), at + ".custom.hardwareIds", "holds other than texts");
                check(
                        id.asText().length() <= OtaConnectCustom.HARDWARE_ID_CHARACTERS,
                        at + ".custom.hardwareIds",
                        "holds more than " + OtaConnectCustom.HARDWARE_ID_CHARACTERS + " characters");
            }
            check(
                    !custom.path("ecuIdentifiers").isContainerNode(),
                    at + ".custom.ecuIdentifiers",
                    "is for a director's targets alone");
        });
    }

    @Override
    void delegations(String path, Delegations delegations) {
        check(delegations.succinctRoles().isEmpty(), path + ".succinct_roles", "isn't read by devices");
    }

    @Override
    void hashes(String path, Map<String, String> hashes) {
        check(
                hashes.containsKey("sha256") || hashes.containsKey("sha512"),
                path + ".hashes",
                "has neither sha256 nor sha512");
        digits(path, "sha256", hashes, 64);
        digits(path, "sha512", hashes, 128);
    }

    private void digits(String path, String algorithm, Map<String, String> hashes, int digits) {
        var hash = hashes.get(algorithm);
        check(hash == null || hash.length() == digits, path + ".hashes." + algorithm, "hasn't " + digits + " digits");
    }
}
