/** What a client checks before it trusts metadata (specification 1.0.34, §5), and the client's whole way through an update. */
package dev.factorytrust.tuf.verify;
