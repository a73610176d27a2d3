/** How metadata is written: canonical bytes, keys and keyids, file names, and the limits of the clients that read it. */
package dev.factorytrust.tuf.dialect;
