package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * What aktualizr expects in the custom data of a target. It reads these members as it parses, by a type that it expects (its
 * {@code Uptane::Target::updateCustom}), and of another it refuses not the entry but the whole file.
 */
final class OtaConnectCustom {

    static final int HARDWARE_ID_CHARACTERS = 200;

    private final ObjectNode custom;
    private final List<String> reasons = new ArrayList<>();

    OtaConnectCustom(ObjectNode custom) {
        this.custom = custom;
    }

    List<String> misread() {
        for (var member : List.of("name", "version", "targetFormat", "uri")) {
            requireText("custom." + member, custom.path(member));
        }
        for (var member : List.of("hardwareIds", "tags")) {
            requireTexts("custom." + member, custom.path(member));
        }
        for (var id : custom.path("hardwareIds")) {
            if (id.asText().length() > HARDWARE_ID_CHARACTERS) {
                reasons.add("custom.hardwareIds has an entry of " + id.asText().length()
                        + " characters, and devices take " + HARDWARE_ID_CHARACTERS + " at most");
            }
        }
        for (var member : List.of("createdAt", "updatedAt")) {
            requireMoment("custom." + member, custom.path(member));
        }
        var apps = custom.path("docker_compose_apps");
        if (isGiven(apps) && !apps.isObject()) {
            reasons.add("custom.docker_compose_apps is no object of apps by name");
        }
        apps.properties().forEach(app -> {
            if (!app.getValue().path("uri").isTextual()) {
                reasons.add(
                        "custom.docker_compose_apps." + Quote.shorten(app.getKey()) + " has no uri that is a string");
            }
        });
        if (isGiven(custom.path("ecuIdentifiers"))) {
            reasons.add("custom.ecuIdentifiers belongs to a director's targets, which a Factory doesn't sign: leave it"
                    + " out");
        }
        return List.copyOf(reasons);
    }

    private void requireText(String field, JsonNode value) {
        if (isGiven(value) && !value.isTextual()) {
            reasons.add(field + " is no string, and devices read it as one");
        }
    }

    /** Devices don't look at them, but ota-tuf and what lists Targets do. */
    private void requireMoment(String field, JsonNode value) {
        if (isGiven(value) && !isMoment(value)) {
            reasons.add(field + " is no moment such as \"2026-11-25T10:00:00Z\", as which tools read it: correct it, or"
                    + " leave it out to have it filled in");
        }
    }

    private static boolean isMoment(JsonNode value) {
        try {
            return value.isTextual() && Instant.parse(value.textValue()) != null;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private void requireTexts(String field, JsonNode values) {
        if (isGiven(values) && !values.isArray()) {
            reasons.add(field + " is no list of strings, and devices read it as one");
            return;
        }
        for (var i = 0; i < values.size(); i++) {
            if (!values.get(i).isTextual()) {
                reasons.add(field + '[' + i + "] is no string, and devices read it as one");
            }
        }
    }

    private static boolean isGiven(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }
}
