package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;

import java.util.Optional;

/** New signed files, to be stored in this order: targets, snapshot, and last the timestamp that commits them (6.3). */
public record Publication(
        Optional<Signed<Targets>> targets, Optional<Signed<Snapshot>> snapshot, Signed<Timestamp> timestamp) {}
