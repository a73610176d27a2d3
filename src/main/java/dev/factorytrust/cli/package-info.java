/** {@code kubectl factory}: what people do from a terminal. One class per verb, a plain main; offline verbs need no cluster. */
package dev.factorytrust.cli;
