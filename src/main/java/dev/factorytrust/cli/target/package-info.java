/** What devices may install. */
package dev.factorytrust.cli.target;
