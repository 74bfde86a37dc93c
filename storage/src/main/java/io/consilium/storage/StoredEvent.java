package io.consilium.storage;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.MalformedException;
import io.consilium.ledger.block.LedgerEvent;
import java.util.ArrayList;
import java.util.List;

/** An event of a decided block, and the cursor that names it: reading goes on after it. */
public record StoredEvent(EventCursor cursor, LedgerEvent event) {
    static final int MAX_EVENTS = 1_000_000;
    static final int MAX_PARTIES = 10_000;
    static final int MAX_TEXT_BYTES = 1024;
    static final int MAX_PAYLOAD_BYTES = 1024 * 1024;

    static byte[] encode(List<LedgerEvent> events) {
        CanonicalWriter writer = new CanonicalWriter().writeInt(events.size());
        for (LedgerEvent event : events) {
            writer.writeText(event.type(), MAX_TEXT_BYTES)
                    .writeInt(event.parties().size());
            event.parties().forEach(party -> writer.writeText(party, MAX_TEXT_BYTES));
            writer.writeBytes(event.payload(), MAX_PAYLOAD_BYTES);
        }
        return writer.toBytes();
    }

    static List<LedgerEvent> decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, Integer.MAX_VALUE, "events of a block", reader -> {
            int count = reader.readCount(MAX_EVENTS);
            List<LedgerEvent> events = new ArrayList<>(Math.min(count, reader.remaining()));
            for (int i = 0; i < count; i++) {
                events.add(read(reader));
            }
            return events;
        });
    }

    private static LedgerEvent read(CanonicalReader reader) throws MalformedException {
        String type = reader.readText(MAX_TEXT_BYTES);
        int count = reader.readCount(MAX_PARTIES);
        List<String> parties = new ArrayList<>(Math.min(count, reader.remaining()));
        for (int i = 0; i < count; i++) {
            parties.add(reader.readText(MAX_TEXT_BYTES));
        }
        return new LedgerEvent(type, parties, reader.readBytes(MAX_PAYLOAD_BYTES));
    }
}
