package dev.factorytrust.operator.store;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.names.Names;

/** Something of somebody else's stands at a name that a Factory can't do without. Its owner has to take it away. */
public final class NameTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NameTakenException(String kind, String name, FactoryRef factory) {
        super(kind + ' ' + name + " is not this operator's: it lacks the type or label " + Names.FACTORY + '='
                + factory.name() + " of what belongs there. Move it away, or give the Factory another name");
    }

    /**
     * @param other which may be one that nobody can read
     * @param owner the Factory that it changes
     */
    public NameTakenException(RootRotation other, String owner) {
        super("RootRotation " + other.getMetadata().getName() + " is "
                + (other.getSpec() == null
                        ? "unreadable"
                        : "of Factory " + other.getSpec().factory())
                + ", and Factory " + owner
                + " would declare its own under that name. Delete it, or give the Factory another name");
    }
}
