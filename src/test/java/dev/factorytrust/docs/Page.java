package dev.factorytrust.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The shell blocks of a page of documentation, by the headings that they stand under. */
public record Page(Map<List<String>, List<String>> shell) {

    public static Page read(Path file) {
        var shell = new LinkedHashMap<List<String>, List<String>>();
        var headings = new ArrayList<String>();
        StringBuilder block = null;
        try {
            for (var line : Files.readAllLines(file)) {
                if (block != null && line.equals("```")) {
                    shell.computeIfAbsent(List.copyOf(headings), _ -> new ArrayList<>())
                            .add(block.toString());
                    block = null;
                } else if (block != null) {
                    block.append(line).append('\n');
                } else if (line.equals("```sh")) {
                    block = new StringBuilder();
                } else if (line.matches("#{1,3} .*")) {
                    var level = line.indexOf(' ');
                    // The title is level 1, and what stands before the first section is the title's own.
                    while (headings.size() > Math.max(0, level - 2)) {
                        headings.removeLast();
                    }
                    headings.add(line.substring(level + 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Page(shell);
    }

    public List<String> blocks(String... headings) {
        var blocks = shell.get(List.of(headings));
        if (blocks == null) {
            throw new AssertionError("no shell block under " + List.of(headings) + ", but under " + shell.keySet());
        }
        return blocks;
    }

    /** All blocks there, one after the other. */
    public String under(String... headings) {
        return String.join("\n", blocks(headings));
    }
}
