package dev.factorytrust.names;

import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Names of objects, labels and annotations: as much an interface as the CRDs. */
public final class Names {

    public static final String GROUP = "factory-trust.dev";

    public static final String FACTORY = GROUP + "/factory";
    public static final String ROLE = GROUP + "/role";
    public static final String VERSION = GROUP + "/version";
    public static final String KEYID = GROUP + "/keyid";
    public static final String ROOT_ROTATION = GROUP + "/root-rotation";
    public static final String SIGNS = GROUP + "/signs";

    public static final String DIALECT = GROUP + "/dialect";
    public static final String ROOT_VERSION = GROUP + "/root-version";
    public static final String SIGNED_AT = GROUP + "/signed-at";
    public static final String OVERLAP_SINCE = GROUP + "/overlap-since";
    public static final String FOLLOWS = GROUP + "/follows";
    public static final String FIRST_ROOT = GROUP + "/first-root";
    public static final String VERSION_FLOOR = GROUP + "/version-floor";
    public static final String REFRESH_REQUESTED = GROUP + "/refresh-requested";
    public static final String RETRIEVED = GROUP + "/retrieved";
    public static final String OWNER_UID = GROUP + "/owner-uid";
    public static final String SPEC_SHA256 = GROUP + "/spec-sha256";
    public static final String SIGN_BEFORE = GROUP + "/sign-before";
    public static final String REASON = GROUP + "/reason";
    public static final String COMPROMISE = "Compromise";

    /** On a Factory whose deletion takes along what the operator wrote for it. */
    public static final String DELETION_FINALIZER = GROUP + "/deletion-policy";

    public static final String ONLINE_KEY_TYPE = GROUP + "/online-key";
    public static final String ROOT_KEYS_TYPE = GROUP + "/root-keys";
    public static final String SIGNATURE_TYPE = GROUP + "/signature";

    public static final String PAYLOAD_JSON = "payload.json";
    public static final String MANAGED_JSON = "managed.json";
    public static final String PARTS_JSON = "parts.json";
    public static final String PART = "part";
    public static final String ROOT_KEYS_TGZ = "root-keys.tgz";
    public static final String PRIVATE_PEM = "private.pem";
    public static final String PUBLIC_PEM = "public.pem";

    /** The most bytes of content in one object: the API server takes 1 MiB with all that is around it. */
    public static final int LARGEST_FILE = 1_000_000;

    private static final String PAYLOAD = "-payload";
    private static final Pattern VERSION_NUMBER = Pattern.compile("[1-9][0-9]{0,9}");

    private Names() {}

    /** {@code acme-root-3}, {@code acme-targets-7}; the timestamp is the one object without a version in its name. */
    public static String metadata(String factory, RoleName role, long version) {
        return role == RoleName.TIMESTAMP ? timestamp(factory) : factory + '-' + role.value() + '-' + version;
    }

    public static String timestamp(String factory) {
        return factory + "-timestamp";
    }

    /** {@code acme-targets-7-part-1}: a part of what the object of this name doesn't hold. */
    public static String part(String metadata, int number) {
        return metadata + "-part-" + number;
    }

    public static String metadataEntry(RoleName role) {
        return role.value() + ".json";
    }

    public static String onlineKey(String factory, RoleName role, KeyId keyid) {
        return factory + '-' + role.value() + '-' + keyid.value().substring(0, 8);
    }

    public static String keyidLabel(KeyId keyid) {
        return keyid.value().substring(0, 16);
    }

    public static String rootKeys(String factory) {
        return factory + "-root-keys";
    }

    /** Whether an object of this name is the operator's to make or remove. */
    public static boolean isOurs(String factory, String name) {
        return name.startsWith(factory + '-')
                && name.substring(factory.length())
                        .matches("-(timestamp|root-keys|(root|targets|snapshot)-[0-9]+(-part-[0-9]+)?)|-.*" + PAYLOAD);
    }

    public static String firstRootRotation(String factory) {
        return factory + "-root-1";
    }

    /** A RootRotation that the operator itself declares, for the given next version of root. */
    public static String proposal(String factory, long version, String digest) {
        return factory + "-root-" + version + '-' + digest.substring(0, 8);
    }

    public static boolean isProposal(String factory, String rotation) {
        return rotation.startsWith(factory + "-root-")
                && rotation.substring(factory.length()).matches("-root-[0-9]{1,9}-[0-9a-f]{8}");
    }

    public static String payload(String rotation) {
        return rotation + PAYLOAD;
    }

    /** The payload of a version of targets that holders sign. */
    public static String targetsPayload(String factory, long version) {
        return metadata(factory, RoleName.TARGETS, version) + PAYLOAD;
    }

    /** The version of targets whose payload has this name; empty where it is another object's. */
    public static OptionalLong targetsPayloadVersion(String factory, String name) {
        var before = factory + "-targets-";
        var number = name.startsWith(before) && name.endsWith(PAYLOAD)
                ? name.substring(before.length(), name.length() - PAYLOAD.length())
                : "";
        return VERSION_NUMBER.matcher(number).matches()
                ? OptionalLong.of(Long.parseLong(number))
                : OptionalLong.empty();
    }

    /** The rotation whose payload has this name; the name itself where it is no payload's. */
    public static String rotationOf(String payload) {
        return payload.endsWith(PAYLOAD) ? payload.substring(0, payload.length() - PAYLOAD.length()) : payload;
    }
}
