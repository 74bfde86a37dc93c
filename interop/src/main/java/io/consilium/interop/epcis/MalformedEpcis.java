package io.consilium.interop.epcis;

import java.util.OptionalInt;

/**
 * A document that is no EPCIS document of valid events.
 *
 * <p>The path names elements and positions, such as {@code epcisBody.eventList[3].epcList[0]}, and neither it nor the
 * reason holds content.
 */
public final class MalformedEpcis extends Exception {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final int eventIndex;

    MalformedEpcis(String path, String reason) {
        this(path, reason, -1);
    }

    private MalformedEpcis(String path, String reason, int eventIndex) {
        super(reason);
        this.path = path;
        this.eventIndex = eventIndex;
    }

    /** The same with the place of the event before the place within it. */
    public MalformedEpcis within(String event, int index) {
        String whole = path.isEmpty() || event.isEmpty() ? event + path : event + "." + path;
        return new MalformedEpcis(whole, reason(), index);
    }

    MalformedEpcis inEvent(int index) {
        return new MalformedEpcis(path, reason(), index);
    }

    /** The offending element, empty for the document as a whole. */
    public String path() {
        return path;
    }

    /** One clause for a person. */
    public String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /** Which event of the document is at fault, counted from zero; nothing where the document itself is. */
    public OptionalInt eventIndex() {
        return eventIndex < 0 ? OptionalInt.empty() : OptionalInt.of(eventIndex);
    }

    /** Path and reason in one line. */
    public String line() {
        return path.isEmpty() ? reason() : path + ": " + reason();
    }
}
