package io.consilium.storage;

/**
 * A place in the event log: everything after it is still unread.
 *
 * @param index position among the events of the block, from 0; -1 before the first
 */
public record EventCursor(long height, int index) implements Comparable<EventCursor> {
    public static final EventCursor START = new EventCursor(0, -1);

    public EventCursor {
        if (height < 0 || index < -1) {
            throw new IllegalArgumentException("there is no event " + index + " of height " + height);
        }
    }

    /** After every event of the height. */
    public static EventCursor after(long height) {
        return new EventCursor(height, Integer.MAX_VALUE);
    }

    @Override
    public int compareTo(EventCursor other) {
        int byHeight = Long.compare(height, other.height);
        return byHeight != 0 ? byHeight : Integer.compare(index, other.index);
    }
}
