/** Keys on PKCS#11 tokens. Loaded by the verbs that were told of a module, and by no other. */
package dev.factorytrust.cli.token;
