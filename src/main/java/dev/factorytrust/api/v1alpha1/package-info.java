/**
 * The custom resources of group {@code factory-trust.dev}, version {@code v1alpha1}, as users write them. The files in
 * {@code crds/} and {@code docs/reference.md} are generated from these classes; descriptions and rules stand here once.
 */
package dev.factorytrust.api.v1alpha1;
