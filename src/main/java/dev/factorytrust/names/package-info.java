/** What objects in the cluster are called, for the operator that writes them and for those who look for them. */
package dev.factorytrust.names;
