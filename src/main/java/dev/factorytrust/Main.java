package dev.factorytrust;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where the process begins. */
@QuarkusMain
public final class Main {

    private Main() {}

    /**
     * Quarkus refuses what is no URI by its syntax ({@code /%zz}) before any route, and with that before any limit: who sends
     * such requests and reads no answer fills the heap. To the devices' route a path is bytes that it has or hasn't.
     */
    public static void main(String... arguments) {
        System.setProperty("vertx.disableURIValidation", "true");
        Quarkus.run(arguments);
    }
}
