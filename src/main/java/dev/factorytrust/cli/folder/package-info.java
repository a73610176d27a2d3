/** The next root in a folder, as garage-sign has it: changed, signed and pushed, step by step. */
package dev.factorytrust.cli.folder;
