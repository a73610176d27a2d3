package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Signed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Counts signatures. Those by keys that the role doesn't list are passed over, as clients do. */
public final class Verifier {

    private Verifier() {}

    /**
     * Who of a role signed these bytes.
     *
     * @param keys the keys of the metadata that holds the role; a keyid that it doesn't hold is in neither part of the result
     */
    public static VerificationResult verify(
            Role role, Map<KeyId, Key> keys, Bytes canonical, List<Signature> signatures) {
        var byKeyid = signatures.stream().collect(Collectors.toMap(Signature::keyid, Function.identity(), (a, b) -> a));
        var signed = new LinkedHashMap<KeyId, Key>();
        var missing = new LinkedHashMap<KeyId, Key>();
        for (var keyid : role.keyids()) {
            var key = keys.get(keyid);
            if (key != null) {
                var signature = byKeyid.get(keyid);
                var valid = signature != null
                        && key.publicKey()
                                .filter(material -> material.verify(canonical, signature.value()))
                                .isPresent();
                (valid ? signed : missing).put(keyid, key);
            }
        }
        return new VerificationResult(role.threshold(), signed, missing);
    }

    /** §5.3.4, without the versions: whether the keys of both roots signed the next one. */
    public static RootVerificationResult verifyRoot(Optional<Root> current, Signed<Root> next) {
        return new RootVerificationResult(
                current.map(root -> verifyRoot(root, next)), verifyRoot(next.metadata(), next));
    }

    private static VerificationResult verifyRoot(Root by, Signed<Root> root) {
        return verify(by.role(RoleName.ROOT), by.keys(), root.canonical(), root.signatures());
    }
}
