package dev.factorytrust.cli;

/** What Java's own logging is configured by: no handler, so nothing of what a library has to say gets between the lines. */
public final class NoLog {}
