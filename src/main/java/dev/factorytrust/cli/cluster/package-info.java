/** The cluster as its user may see it, and waiting for what it does. */
package dev.factorytrust.cli.cluster;
