package dev.factorytrust.operator.store;

/** A Factory by namespace and name: the key under which everything that belongs to it is found. */
public record FactoryRef(String namespace, String name) {

    @Override
    public String toString() {
        return namespace + '/' + name;
    }
}
