/**
 * What every controller needs and none is about: settings, leadership, status, Events, metrics, health, and the
 * configuration of the Java Operator SDK.
 */
package dev.factorytrust.operator.runtime;
