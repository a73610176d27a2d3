package dev.factorytrust.operator.rotation;

import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.repository.SignatureTally.Offer;
import dev.factorytrust.tuf.repository.SignatureTally.Rejection;
import io.fabric8.kubernetes.api.model.Secret;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What the Secrets that are attached to one payload hold.
 *
 * @param offers signatures, not yet verified
 * @param refused what is attached but is no signature
 */
public record AttachedSecrets(List<Offer> offers, List<Rejection> refused) {

    public AttachedSecrets {
        offers = List.copyOf(offers);
        refused = List.copyOf(refused);
    }

    public static AttachedSecrets of(Dialect dialect, Collection<Secret> secrets) {
        var offers = new ArrayList<Offer>();
        var refused = new ArrayList<Rejection>();
        for (var secret : secrets) {
            switch (SignatureSecrets.parse(dialect, secret)) {
                case SignatureSecrets.Offers(var found) -> offers.addAll(found);
                case SignatureSecrets.Refusal(var reason) ->
                    refused.add(new Rejection(secret.getMetadata().getName(), reason));
            }
        }
        return new AttachedSecrets(offers, refused);
    }
}
