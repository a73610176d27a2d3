/** Factory Trust: a Kubernetes operator that owns the TUF trust of device fleets. */
package dev.factorytrust;
