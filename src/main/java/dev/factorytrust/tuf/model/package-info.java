/**
 * What TUF metadata says (specification 1.0.34, §4), as immutable values that hold themselves to the rules a single value can
 * break. Fields that the specification doesn't know are kept beside those it does: they are signed too.
 */
package dev.factorytrust.tuf.model;
