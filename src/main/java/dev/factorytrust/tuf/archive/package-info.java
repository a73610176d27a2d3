/** The file in which a fleet's owner keeps his offline keys, as fioctl and garage-sign lay it out. */
package dev.factorytrust.tuf.archive;
