/** A fleet that comes from elsewhere, and one that leaves. */
package dev.factorytrust.cli.adopt;
