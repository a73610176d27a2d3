package dev.factorytrust.server;

import java.util.Optional;
import java.util.function.Predicate;

/** Under which paths a Factory's files are looked for. Who looks where is a matter of habit: each has all that he needs. */
enum Place {
    /** Where aktualizr's {@code repo_server} points. */
    DEVICES_OF_OTA_CONNECT("repo/", _ -> true, Optional.empty()),

    /**
     * The part of ota-tuf's interface from which signing tools (garage-sign, fioctl) pull. With what they pulled they are told
     * a digest, which they would hand in with the next version to say which one it follows.
     */
    SIGNING_TOOLS("api/v1/user_repo/", Place::isPulled, Optional.of("x-ats-role-checksum")),

    DEVICES("", _ -> true, Optional.empty());

    private final String path;
    private final Predicate<String> files;
    private final Optional<String> header;

    Place(String path, Predicate<String> files, Optional<String> header) {
        this.path = path;
        this.files = files;
        this.header = header;
    }

    /** @param from where the path goes on behind the Factory's name */
    static Place of(String path, int from) {
        for (var place : values()) {
            if (path.startsWith(place.path, from)) {
                return place;
            }
        }
        throw new IllegalStateException("every path begins with nothing");
    }

    private static boolean isPulled(String file) {
        return file.equals("root.json")
                || file.equals("targets.json")
                || VersionedName.parse(file)
                        .filter(name -> name.role().equals("root"))
                        .isPresent();
    }

    String path() {
        return path;
    }

    boolean has(String file) {
        return files.test(file);
    }

    /** In which header the SHA-256 of the file goes with it. */
    Optional<String> header() {
        return header;
    }

    /** Whether what is asked for here tells how devices are doing. */
    boolean isForDevices() {
        return this != SIGNING_TOOLS;
    }
}
