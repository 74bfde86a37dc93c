package io.consilium.node.replica;

import io.consilium.consensus.ValidatorSets;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who is who: consensus knows validators by their keys, connections know institutions by their slugs. A peer that is no
 * validator stands under its TLS key.
 */
final class PeerNames {
    private final String self;
    private final Map<PublicKey, String> byKey = new TreeMap<>();
    private final Map<String, PublicKey> validators = new TreeMap<>();
    private final Map<PublicKey, String> callers = new TreeMap<>();
    private List<String> others = List.of();

    PeerNames(String self) {
        this.self = self;
    }

    /** Call with the sets around each new tip. */
    void update(ValidatorSets sets) {
        byKey.clear();
        validators.clear();
        // The newest set last, so that an institution's newest key names it.
        for (ValidatorSet set : List.of(sets.tip(), sets.afterNext(), sets.next())) {
            for (Validator validator : set.validators()) {
                byKey.put(validator.key(), validator.institution());
                validators.put(validator.institution(), validator.key());
            }
        }
        others = sets.next().validators().stream()
                .map(Validator::institution)
                .filter(name -> !name.equals(self))
                .toList();
    }

    void caller(String peer, PublicKey tlsKey) {
        callers.values().remove(peer);
        callers.put(tlsKey, peer);
    }

    /** The other validators of the height that is being decided. */
    List<String> validators() {
        return others;
    }

    Optional<String> of(PublicKey key) {
        Optional<String> validator = Optional.ofNullable(byKey.get(key));
        return validator.isPresent() ? validator : Optional.ofNullable(callers.get(key));
    }

    List<String> all(List<PublicKey> keys) {
        List<String> names = new ArrayList<>();
        keys.forEach(key -> of(key).filter(name -> !name.equals(self)).ifPresent(names::add));
        return names;
    }

    /** The validator key of an institution, if it is a validator around the tip. */
    Optional<PublicKey> key(String institution) {
        return Optional.ofNullable(validators.get(institution));
    }

    TreeSet<String> known() {
        TreeSet<String> known = new TreeSet<>(validators.keySet());
        known.addAll(callers.values());
        known.remove(self);
        return known;
    }
}
