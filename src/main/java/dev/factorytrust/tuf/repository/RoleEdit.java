package dev.factorytrust.tuf.repository;

import java.util.List;
import java.util.OptionalInt;

/**
 * What is to change about the holders of one role.
 *
 * @param remove holders' names, or keyids: whole, or an unambiguous beginning of at least 8 hex digits. They are looked
 *     up in the current root, before anything is added
 * @param threshold empty to leave it as it is; 1 in a first root
 */
public record RoleEdit(List<Holder> add, List<String> remove, OptionalInt threshold) {

    public RoleEdit {
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }
}
