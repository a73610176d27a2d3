/**
 * The TUF engine: no Kubernetes, no files, and no clock but the one handed in. Arrows between its packages point one way:
 * verify → dialect → model → crypto; {@link dev.factorytrust.tuf.Bytes} is everybody's.
 */
package dev.factorytrust.tuf;
