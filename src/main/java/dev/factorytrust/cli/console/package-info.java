/** What every verb has to do with people and their files: asking, telling, refusing, reading, keeping secrets. */
package dev.factorytrust.cli.console;
