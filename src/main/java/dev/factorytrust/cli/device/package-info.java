/** A repository as devices see it, over HTTP or in a folder. */
package dev.factorytrust.cli.device;
