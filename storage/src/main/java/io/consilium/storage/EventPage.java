package io.consilium.storage;

import java.util.List;

/**
 * Events in the order of the chain.
 *
 * @param next where to read on: after the last event here, or after the tip where there was none
 */
public record EventPage(List<StoredEvent> events, EventCursor next) {
    public EventPage {
        events = List.copyOf(events);
    }
}
