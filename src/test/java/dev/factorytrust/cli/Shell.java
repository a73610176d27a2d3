package dev.factorytrust.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** {@code kubectl factory} with these words, as typed where there is no terminal. */
record Shell(int exitCode, String out, String err) {

    static Shell run(Object... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        var arguments = new String[words.length];
        for (var i = 0; i < words.length; i++) {
            arguments[i] = words[i].toString();
        }
        var exitCode = KubectlFactory.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Shell(exitCode, out.toString(), err.toString());
    }
}
