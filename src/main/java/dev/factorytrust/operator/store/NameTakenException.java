package dev.factorytrust.operator.store;

import dev.factorytrust.names.Names;

/** Something of somebody else's stands at a name that a Factory can't do without. Its owner has to take it away. */
public final class NameTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NameTakenException(String kind, String name, FactoryRef factory) {
        super(kind + ' ' + name + " is not this operator's: it lacks the type or label " + Names.FACTORY + '='
                + factory.name() + " of what belongs there. Move it away, or give the Factory another name");
    }
}
