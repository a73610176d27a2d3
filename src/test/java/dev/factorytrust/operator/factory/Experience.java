package dev.factorytrust.operator.factory;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.MetadataSource;
import dev.factorytrust.tuf.verify.VerificationException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Updates of devices, none of which is gone through twice: a device that gets the same answers asks the same next, and ends
 * the same. Whatever is not known yet is done for real.
 */
final class Experience {

    private static final int DEVICES = 4_000;

    /**
     * @param asked how many files it asked for until it was done
     * @param refusal empty if it took everything
     */
    record Update(DeviceState device, int asked, Optional<VerificationException> refusal) {}

    private record Exchange(String name, Optional<Bytes> answer) {}

    /** A device that knows what it asks for next, or is done. */
    private static final class Moment {
        private String asks;
        private final Map<Optional<Bytes>, Moment> answered = new HashMap<>();
        private Update done;
    }

    private final Dialect dialect;
    private final Map<DeviceState, Moment> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<DeviceState, Moment> eldest) {
            return size() > DEVICES;
        }
    };

    Experience(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Where files come from, in the order in which they are asked for. */
    interface Answers {

        /** @param count how many were asked for before */
        Optional<Bytes> answer(int count, String name);
    }

    /** Without a look at expiry. */
    synchronized Update update(DeviceState device, Answers answers) {
        var moment = known.computeIfAbsent(device, _ -> new Moment());
        for (var count = 0; moment != null && moment.done == null; count++) {
            moment = moment.asks == null ? null : moment.answered.get(answers.answer(count, moment.asks));
        }
        return moment != null ? moment.done : gain(device, answers);
    }

    private Update gain(DeviceState device, Answers answers) {
        var exchanges = new ArrayList<Exchange>();
        MetadataSource source = name -> {
            var answer = answers.answer(exchanges.size(), name);
            exchanges.add(new Exchange(name, answer));
            return answer;
        };
        var attempt = ClientWorkflow.attempt(dialect, device, source, Instant.MIN);
        var update = new Update(attempt.device(), exchanges.size(), attempt.refusal());
        remember(known.get(device), exchanges).done = update;
        return update;
    }

    private static Moment remember(Moment first, List<Exchange> exchanges) {
        var moment = first;
        for (var exchange : exchanges) {
            moment.asks = exchange.name();
            moment = moment.answered.computeIfAbsent(exchange.answer(), _ -> new Moment());
        }
        return moment;
    }
}
