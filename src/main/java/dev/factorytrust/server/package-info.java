/**
 * The HTTP repository that devices read: views of published metadata, held in memory, that flip as a whole. What is
 * served is what was signed, byte for byte; which versions are served is decided by whoever publishes the view. Anybody
 * may ask, so what one connection costs is bounded ({@code Slices}, {@code Pipelining}, {@code Connections}), and how many
 * there are (application.properties).
 */
package dev.factorytrust.server;
