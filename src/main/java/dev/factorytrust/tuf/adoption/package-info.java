/** A fleet's repository that somebody else made, judged before it goes on here. */
package dev.factorytrust.tuf.adoption;
