/** A payload and its signatures: offered by the operator, checked, signed by holders, attached. */
package dev.factorytrust.cli.ceremony;
