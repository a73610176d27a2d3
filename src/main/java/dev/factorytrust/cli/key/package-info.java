/** Private keys of holders, made and found: in files, in archives and on tokens. */
package dev.factorytrust.cli.key;
