/** Keys and signatures of the three algorithms that every known client reads, and nothing about metadata. */
package dev.factorytrust.tuf.crypto;
