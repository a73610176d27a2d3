package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

import java.util.List;
import java.util.Map;

/** An entry of targets metadata (TUF specification, section 4.5). */
@ApiObject
@ValidationRule(
        value = "has(self.path) == has(oldSelf.path) && (!has(self.path) || self.path == oldSelf.path)",
        message = "path is for life, and so is its absence: it names what devices install. Create another Target")
@ValidationRule(
        value = "self.length == oldSelf.length",
        message =
                "length is for life: the artifact under a path never changes. Create another Target under another path")
@ValidationRule(
        value = "self.hashes == oldSelf.hashes",
        message =
                "hashes are for life: the artifact under a path never changes. Create another Target under another path")
public record TargetSpec(
        @Required
        @Pattern(Formats.FACTORY_NAME)
        @Size(min = 1, max = Formats.FACTORY_NAME_LENGTH)
        @JsonPropertyDescription("The Factory, in the same namespace, whose devices may install it. Example: acme")
        String factory,

        @Size(min = 1, max = 512)
        @ValidationRule(
                value =
                        "self.matches('^[A-Za-z0-9._+~@=,-]+(/[A-Za-z0-9._+~@=,-]+)*$') && !self.split('/').exists(s, s =="
                                + " '.' || s == '..')",
                message = "path must be relative, of segments parted by single slashes, none of them . or .., made of"
                        + " letters, digits and . _ + ~ @ = , - only: every TUF client must read it the same way, as a"
                        + " URL and as a file name")
        @JsonPropertyDescription("""
                The name under which devices find it, up to 512 characters: a relative path of ASCII letters, digits and \
                . _ + ~ @ = , - in segments parted by slashes; default metadata.name. For life. Example: \
                intel-corei7-64-lmp-764""")
        String path,

        @Required @Min(0) @Max(9007199254740991L) @JsonPropertyDescription("""
                Size in bytes, 0 to 2^53 - 1; 0 for an OSTree commit, whose files are fetched one by one. For life. \
                Example: 1048576""")
        Long length,

        @Required
        @Size(min = 1, max = 2)
        @ValidationRule(
                value = "self.all(k, k == 'sha256' ? self[k].matches('^[0-9a-f]{64}$') : k == 'sha512' &&"
                        + " self[k].matches('^[0-9a-f]{128}$'))",
                message =
                        "hashes are sha256 (64 lower-case hex digits), sha512 (128 of them) or both: clients know no other"
                                + " algorithm. Compute them with sha256sum or sha512sum")
        @JsonPropertyDescription("""
                Digests of the artifact in lower-case hex: sha256 (64 digits), sha512 (128) or both; for an OSTree \
                commit its checksum as sha256. For life. Example: {sha256: \
                9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}""")
        Map<String, @Size(max = 128) String> hashes,

        @Size(max = 64) @JsonPropertyDescription("""
                Free JSON about the artifact, signed with it: up to 64 members that every client can read (ASCII, \
                integers below 2^53, no fractions, no empty objects). May change. Example: {arch: arm64, channel: \
                stable}""") JsonNode custom,

        @Size(min = 1, max = 128)
        @JsonPropertyDescription("Fills custom.name, what is versioned. Example: intel-corei7-64-lmp")
        String name,

        @Size(min = 1, max = 128) @JsonPropertyDescription("Fills custom.version. Example: \"764\"")
        String version,

        @Size(min = 1, max = 32) @JsonPropertyDescription("""
                Fills custom.hardwareIds, the kinds of device that it runs on; a device installs nothing \
                that doesn't list its own. Example: [intel-corei7-64]""")
        List<@Size(min = 1, max = 200) String> hardwareIds,

        @Size(min = 1, max = 32)
        @JsonPropertyDescription("Fills custom.tags, the channels that devices follow. Example: [main]")
        List<@Size(min = 1, max = 128) String> tags,

        @Pattern("^(OSTREE|BINARY)$")
        @Size(max = 6)
        @JsonPropertyDescription("Fills custom.targetFormat, OSTREE or BINARY. Example: OSTREE")
        String targetFormat,

        @Size(min = 1, max = 2048) @JsonPropertyDescription("""
                Fills custom.uri, where devices download it if not from the repository. Example: \
                https://artifacts.example.com/lmp-764.img""")
        String uri,

        @Size(min = 1, max = 64)
        @ValidationRule(
                value = "self.all(k, k.size() <= 253)",
                message = "an app's name in composeApps has at most 253 characters")
        @JsonPropertyDescription("""
                Fills custom.docker_compose_apps, the apps of this version by name. Example: {shellhttpd: \
                {uri: hub.example.com/acme/shellhttpd@sha256:…}}""")
        Map<String, ComposeApp> composeApps) {

    /** A Compose app that goes with a Target. */
    @ApiObject
    public record ComposeApp(
            @Required
            @Size(min = 1, max = 2048)
            @JsonPropertyDescription(
                    "The app's image, pinned by digest. Example: hub.example.com/acme/shellhttpd@sha256:…")
            String uri) {}
}
