package dev.factorytrust.stories;

import dev.factorytrust.testing.Device;
import dev.factorytrust.testing.DeviceClient;
import dev.factorytrust.tuf.Bytes;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Devices of every make that left the factory with one root and have updated ever since. */
final class DeviceFleet {

    private final URI url;
    private final List<Device> inTheField;

    /** @param root the file that was flashed into them */
    DeviceFleet(URI url, Bytes root) {
        this.url = url;
        this.inTheField = fresh(root).toList();
    }

    /**
     * Every device polls until it trusts this root, which the next poll or one soon after must bring: what it is served
     * follows the commit within moments. Not one poll may be refused.
     */
    void accepts(int root) {
        assertThat(inTheField).allSatisfy(device -> assertAccepts(device, root));
    }

    /** So do devices that are new, and start from another root. */
    void accepts(int root, Bytes flashed) {
        accepts(root);
        assertThat(fresh(flashed)).allSatisfy(device -> assertAccepts(device, root));
    }

    private Stream<Device> fresh(Bytes root) {
        return DeviceClient.inUse().stream().map(client -> client.newDevice(root.toArray(), url));
    }

    private static void assertAccepts(Device device, Integer root) {
        await().atMost(RotationStory.AT_ONCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> poll(device), root::equals);
    }

    private static Integer poll(Device device) {
        var outcome = device.update();
        assertThat(outcome).isInstanceOf(Device.Updated.class);
        return ((Device.Updated) outcome).root();
    }
}
