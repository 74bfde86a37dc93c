package io.consilium.ledger.block;

import java.util.Arrays;
import java.util.List;

/**
 * Something that a block did and that somebody may wait for; the payload is an
 * {@code EventDetail} message with ids and times only (PRV-1), shared, nobody changes it.
 *
 * @param type the text of an {@link EventType}
 * @param parties the institutions concerned, by slug, sorted
 */
public record LedgerEvent(String type, List<String> parties, byte[] payload) {
    public LedgerEvent {
        parties = List.copyOf(parties);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LedgerEvent event
                && type.equals(event.type)
                && parties.equals(event.parties)
                && Arrays.equals(payload, event.payload);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return "LedgerEvent[" + type + ", " + payload.length + " bytes]";
    }
}
