/** A holder's archive of root keys: downloaded once, and rotated in one step. */
package dev.factorytrust.cli.archive;
