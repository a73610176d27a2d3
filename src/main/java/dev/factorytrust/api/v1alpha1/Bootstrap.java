package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

import java.util.List;

/** How root version 1 of a Factory comes to be; ignored once a root exists. */
@ApiObject
@ValidationRule(
        // `import` is a reserved word of CEL, which Kubernetes escapes.
        value = "[has(self.generate), has(self.offline), has(self.__import__)].filter(x, x).size() == 1",
        message = "bootstrap needs exactly one of generate, offline and import: they are three ways to the same first"
                + " root, so keep one and remove the others")
@ValidationRule(
        value = "!has(self.__import__) || !has(self.targets)",
        message = "bootstrap.targets does not go with import: the imported root says who signs targets. Remove it, and"
                + " change the holders by a RootRotation")
public record Bootstrap(
        @JsonPropertyDescription("""
                The root keys are made in the cluster, downloaded once as an archive (Secret <factory>-root-keys) and \
                then erased. `{}` means one ed25519 key with threshold 1. Example: {threshold: 1, keys: 1, keyType: \
                ed25519}""") Generate generate,

        @JsonPropertyDescription("""
                The root keys exist already, with people or tokens; only their public halves come here. Version 1 waits, as \
                RootRotation <factory>-root-1, until every holder has signed. Example: {threshold: 2, keys: [{name: \
                alice, publicKey: …}, {name: bob, publicKey: …}]}""") Offline offline,

        @JsonProperty("import") @JsonPropertyDescription("""
                The fleet exists: its signed metadata and online keys are adopted, byte for byte, from ConfigMaps and \
                Secrets. Example: {sources: [{configMapRef: {name: acme-metadata}}, {secretRef: {name: acme-keys}}]}""")
        Import import_,

        @JsonPropertyDescription("""
                First holders of the targets role, with generate or offline, where targets.custody is not Online; \
                each proves to hold his key by signing root 1. Example: {threshold: 1, keys: [{name: release, publicKey: \
                …}]}""") HolderSet targets) {

    /** Keys that the cluster makes and then forgets. */
    @ApiObject
    @ValidationRule(
            value = "(has(self.threshold) ? self.threshold : 1) <= (has(self.keys) ? self.keys : 1)",
            message =
                    "threshold must not exceed keys (each 1 where absent), or root could never be signed: raise keys or"
                            + " lower threshold")
    public record Generate(
            @Min(1)
            @Max(Formats.HOLDERS)
            @JsonPropertyDescription("How many of the keys must sign a root; default 1. Example: 2")
            Integer threshold,

            @Min(1)
            @Max(Formats.HOLDERS)
            @JsonPropertyDescription("How many root keys to make, 1 to 16; default 1. Example: 3")
            Integer keys,

            @Size(max = 10) @JsonPropertyDescription("""
                    Algorithm of the root keys: ed25519, ecdsa-p256 (not with OTAConnect), rsa-2048, rsa-3072 or \
                    rsa-4096; default ed25519. Example: rsa-4096""") String keyType) {}

    /** Keys that people hold from the start. */
    @ApiObject
    @ValidationRule(
            value = "self.threshold <= self.keys.size()",
            message =
                    "threshold must not exceed the number of keys, or root could never be signed: add holders or lower"
                            + " threshold")
    public record Offline(
            @Required @Min(1) @Max(Formats.HOLDERS) @JsonPropertyDescription("""
                    How many holders must sign a root from version 2 on (version 1 is signed by all, to prove that they \
                    can). Example: 2""")
            Integer threshold,

            @Required
            @Size(min = 1, max = Formats.HOLDERS)
            @JsonPropertyDescription("The holders of the root role, 1 to 16. Example: [{name: alice, publicKey: …}]")
            List<Holder> keys) {}

    /** Where the metadata and keys of an existing fleet lie. */
    @ApiObject
    public record Import(
            @Required @Size(min = 1, max = 64) @JsonPropertyDescription("""
                    ConfigMaps and Secrets of this namespace that together hold the roots from firstVersion on, targets, \
                    snapshot, timestamp and the private online keys. Example: [{configMapRef: {name: acme-metadata}}]""")
            List<ImportSource> sources,

            @Min(1) @Max(2147483647) @JsonPropertyDescription("""
                    The oldest root version that is adopted and served; default 1. Devices that trust an older one cannot \
                    follow. Example: 1""")
            Integer firstVersion) {}

    /** One object to import from. */
    @ApiObject
    @ValidationRule(
            value = "has(self.configMapRef) != has(self.secretRef)",
            message =
                    "a source is either a configMapRef or a secretRef: keep one, and list the other as a source of its"
                            + " own")
    public record ImportSource(
            @JsonPropertyDescription(
                    "A ConfigMap of this namespace with metadata files. Example: {name: acme-metadata}")
            LocalRef configMapRef,

            @JsonPropertyDescription(
                    "A Secret of this namespace with online keys, metadata or both. Example: {name: acme-keys}")
            LocalRef secretRef) {}

    /** An object of the Factory's own namespace. */
    @ApiObject
    public record LocalRef(
            @Required
            @Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
            @Size(min = 1, max = 253)
            @JsonPropertyDescription("Its metadata.name. Example: acme-metadata")
            String name) {}

    /** Offline keys of a role and how many of them must sign. */
    @ApiObject
    @ValidationRule(
            value = "self.threshold <= self.keys.size()",
            message =
                    "threshold must not exceed the number of keys, or targets could never be signed: add holders or lower"
                            + " threshold")
    public record HolderSet(
            @Required @Min(1) @Max(Formats.HOLDERS) @JsonPropertyDescription("""
                    How many of the holders must sign each version of targets. Where custody is Shared, the cluster's key \
                    signs on top of them, and root's threshold is one more. Example: 1""")
            Integer threshold,

            @Required
            @Size(min = 1, max = Formats.HOLDERS)
            @JsonPropertyDescription(
                    "The holders of the targets role, 1 to 16. Example: [{name: release, publicKey: …}]")
            List<Holder> keys) {}
}
