package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What a user declares about one fleet's trust. Who signs root is no part of it: that is what the newest root says. */
@ApiObject
@ValidationRule(
        value = "self.dialect == oldSelf.dialect",
        message = "dialect is for life: devices of one dialect cannot read the other. Create another Factory for them")
@ValidationRule(
        value = "self.bootstrap == oldSelf.bootstrap",
        message = "bootstrap is for life: it says how root version 1 came to be. Change root's keys by a RootRotation")
@ValidationRule(
        value =
                "self.dialect != 'OTAConnect' || !((has(self.bootstrap.generate) && has(self.bootstrap.generate.keyType)"
                        + " && self.bootstrap.generate.keyType == 'ecdsa-p256') || (has(self.targets) && has(self.targets.keyType)"
                        + " && self.targets.keyType == 'ecdsa-p256') || (has(self.snapshot) && has(self.snapshot.keyType) &&"
                        + " self.snapshot.keyType == 'ecdsa-p256') || (has(self.timestamp) && has(self.timestamp.keyType) &&"
                        + " self.timestamp.keyType == 'ecdsa-p256'))",
        message =
                "with dialect OTAConnect keys are ed25519 or RSA: aktualizr refuses a whole root for one ECDSA key. Use"
                        + " ed25519, rsa-2048, rsa-3072 or rsa-4096")
@ValidationRule(
        // A P-256 SubjectPublicKeyInfo always begins with these bytes (RFC 5480, section 2).
        value =
                "self.dialect != 'OTAConnect' || ((!has(self.bootstrap.offline) || !self.bootstrap.offline.keys.exists(k,"
                        + " k.publicKey.contains('MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE'))) && (!has(self.bootstrap.targets) ||"
                        + " !self.bootstrap.targets.keys.exists(k,"
                        + " k.publicKey.contains('MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE'))))",
        message =
                "with dialect OTAConnect holders' keys are Ed25519 or RSA: aktualizr refuses a whole root for one ECDSA"
                        + " key. Ask the holder for another key")
public record FactorySpec(
        @Default("TUF") @JsonPropertyDescription("""
                What the devices read: TUF (specification 1.0.34; python-tuf, go-tuf, tuf-js, tough, sigstore-java) or \
                OTAConnect (aktualizr); default TUF. For life. Example: OTAConnect""") Dialect dialect,

        @Required @JsonPropertyDescription("""
                How root version 1 comes to be: exactly one of generate, offline and import. For life, and ignored once \
                a root exists. Example: {generate: {}}""") Bootstrap bootstrap,

        @Pattern(Formats.SHA256) @Size(max = 64) @JsonPropertyDescription("""
                Pin: SHA-256 (64 lower-case hex digits) of the first root file that may be adopted under this name. A \
                Factory made again goes on from what is stored only where this agrees, and where nothing is stored \
                waits for a backup: no key is made. Set it once root 1 is out; default: no pin, see \
                status.trustedRootSha256. Example: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08""")
        String trustedRootSha256,

        @Pattern(Formats.SHA256) @Size(max = 64) @JsonPropertyDescription("""
                Set it once the root key archive is stored safely: SHA-256 (64 lower-case hex digits) of root-keys.tgz, \
                computed from your own file (sha256sum root-keys.tgz). If it is right, the archive is erased from the \
                cluster for ever; it may be corrected until then. Example: \
                9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08""")
        String rootKeysRetrieved,

        @ValidationRule(
                value = "!has(self.renewBefore) || " + Formats.RENEW_BEFORE + " < (has(self.expiresAfter) ? "
                        + Formats.EXPIRES_AFTER + " : 31536000)",
                message =
                        "renewBefore must be shorter than expiresAfter (365d where absent), or every root would be due for"
                                + " renewal at once: lower renewBefore or raise expiresAfter")
        @JsonPropertyDescription("Life of root metadata. Example: {expiresAfter: 365d, renewBefore: 60d}")
        RootPolicy root,

        @ValidationRule(
                value = Formats.REFRESH_FITS + "7776000" + Formats.REFRESH_FITS_END,
                message = Formats.REFRESH_MESSAGE)
        @JsonPropertyDescription(
                "Key, life and custody of the targets role. Example: {expiresAfter: 90d, custody: Online}")
        TargetsPolicy targets,

        @ValidationRule(
                value = Formats.REFRESH_FITS + "604800" + Formats.REFRESH_FITS_END,
                message = Formats.REFRESH_MESSAGE)
        @JsonPropertyDescription("""
                Key and life of the snapshot role; expiresAfter defaults to 7d. Example: {expiresAfter: 7d, \
                refreshBefore: 2d}""")
        OnlineRolePolicy snapshot,

        @ValidationRule(
                value = Formats.REFRESH_FITS + "86400" + Formats.REFRESH_FITS_END,
                message = Formats.REFRESH_MESSAGE)
        @JsonPropertyDescription("""
                Key and life of the timestamp role; expiresAfter defaults to 1d. How long a device may be kept from \
                news unnoticed. Example: {expiresAfter: 1d, refreshBefore: 8h}""")
        OnlineRolePolicy timestamp,

        @JsonPropertyDescription("When keys are exchanged without being asked. Example: {onlineKeys: {maxAge: 365d}}")
        RotationPolicy rotationPolicy,

        @JsonPropertyDescription("""
                Whether root keys may be used that another Factory's roots carry; default false, since roots carry no \
                repository name: staging's holders could feed production. Example: false""") Boolean allowSharedRootKeys,

        @JsonPropertyDescription("""
                What becomes of metadata and keys when the Factory is deleted: Retain keeps all, a Factory of the same \
                name goes on from there; Delete removes what the operator wrote, which strands its devices for ever, and \
                waits while root keys are in the cluster that nobody has retrieved; default Retain. Example: Retain""") DeletionPolicy deletionPolicy,

        @JsonPropertyDescription("""
                Nothing is signed, prepared or published while true; serving goes on, and Ready falls when something \
                expires; default false. Example: true""") Boolean paused) {

    /** The metadata format of a fleet. */
    public enum Dialect {
        TUF,
        @JsonProperty("OTAConnect")
        OTA_CONNECT
    }

    /** Who signs targets. */
    public enum Custody {
        @JsonProperty("Online")
        ONLINE,
        @JsonProperty("Offline")
        OFFLINE,
        @JsonProperty("Shared")
        SHARED
    }

    /** What happens to stored metadata and keys when their Factory is deleted. */
    public enum DeletionPolicy {
        @JsonProperty("Retain")
        RETAIN,
        @JsonProperty("Delete")
        DELETE
    }

    /** Life of root. */
    @ApiObject
    public record RootPolicy(
            @Pattern(Formats.DURATION) @Size(max = Formats.DURATION_LENGTH) @JsonPropertyDescription("""
                    How long a root is valid from its preparation: a number of s, m, h or d; default 365d. Example: \
                    365d""")
            String expiresAfter,

            @Pattern(Formats.DURATION) @Size(max = Formats.DURATION_LENGTH) @JsonPropertyDescription("""
                    How long before expiry a renewal is proposed to the holders: a number of s, m, h or d; default a \
                    sixth of expiresAfter. Example: 60d""")
            String renewBefore) {}

    /** Key, life and custody of targets. */
    @ApiObject
    public record TargetsPolicy(
            @Size(max = 10) @JsonPropertyDescription("""
                    Algorithm of the online key: ed25519, ecdsa-p256 (not with OTAConnect), rsa-2048, rsa-3072 or \
                    rsa-4096; default ed25519. A change becomes a proposal for the root's holders. Example: ed25519""") String keyType,

            @Pattern(Formats.DURATION)
            @Size(max = Formats.DURATION_LENGTH)
            @JsonPropertyDescription(
                    "How long targets is valid once signed: a number of s, m, h or d; default 90d. Example: 90d")
            String expiresAfter,

            @Pattern(Formats.DURATION) @Size(max = Formats.DURATION_LENGTH) @JsonPropertyDescription("""
                    How long before expiry targets is signed anew: a number of s, m, h or d; default a third of \
                    expiresAfter. Example: 30d""")
            String refreshBefore,

            @JsonPropertyDescription("""
                    Who signs targets: Online (a key in the cluster), Offline (holders) or Shared (one online key and \
                    holders beside it); default Online. The first holders are named in bootstrap.targets. A change takes effect with the RootRotation that makes root \
                    agree. Example: Online""") Custody custody,

            @JsonPropertyDescription("""
                    Whether a targets role that lists something may become empty; default false, so that a deleted \
                    namespace or a wrong prune takes nothing from devices. Example: true""") Boolean allowEmpty) {}

    /** Key and life of a role that the cluster always signs. */
    @ApiObject
    public record OnlineRolePolicy(
            @Size(max = 10) @JsonPropertyDescription("""
                    Algorithm of the online key: ed25519, ecdsa-p256 (not with OTAConnect), rsa-2048, rsa-3072 or \
                    rsa-4096; default ed25519. A change becomes a proposal for the root's holders. Example: ed25519""") String keyType,

            @Pattern(Formats.DURATION) @Size(max = Formats.DURATION_LENGTH) @JsonPropertyDescription("""
                    How long the metadata is valid once signed: a number of s, m, h or d; default 7d for snapshot, 1d \
                    for timestamp. Example: 1d""")
            String expiresAfter,

            @Pattern(Formats.DURATION) @Size(max = Formats.DURATION_LENGTH) @JsonPropertyDescription("""
                    How long before expiry it is signed anew: a number of s, m, h or d; default a third of \
                    expiresAfter. The longest outage of the operator that devices don't notice. Example: 8h""")
            String refreshBefore) {}

    /** When keys are exchanged without being asked. */
    @ApiObject
    public record RotationPolicy(
            @JsonPropertyDescription("The keys that the cluster holds. Example: {maxAge: 365d, overlap: 1h}")
            OnlineKeys onlineKeys) {}

    /** Exchange of online keys. */
    @ApiObject
    @ValidationRule(
            value = "(has(self.overlap) ? " + Formats.OVERLAP + " : 3600) < (has(self.maxAge) ? " + Formats.MAX_AGE
                    + " : 31536000)",
            message =
                    "overlap (1h where absent) must be shorter than maxAge (365d where absent), or keys would be due for"
                            + " exchange before they are in use: lower overlap or raise maxAge")
    public record OnlineKeys(
            @Pattern(Formats.DURATION) @Size(max = Formats.DURATION_LENGTH) @JsonPropertyDescription("""
                    Age at which a new online key is proposed to the root's holders: a number of s, m, h or d; default \
                    365d. Example: 365d""")
            String maxAge,

            @Pattern(Formats.DURATION) @Size(max = Formats.DURATION_LENGTH) @JsonPropertyDescription("""
                    How long old and new key both sign, before and after the root changes: a number of s, m, h or d; \
                    default 1h. At least twice what caches before the devices keep. Example: 1h""")
            String overlap) {}
}
