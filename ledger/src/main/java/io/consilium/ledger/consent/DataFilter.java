package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.proto.ConsentRule;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells of most records that no rule of a consent can match them, from 32 bytes in its patient's list (ADR 25).
 *
 * <p>One bit for each record id that a rule names, or else for each label of its first group; ids and labels are random
 * or HMACs, so their first byte is the bit. A rule that names neither may match any record: then all are set. A deny
 * by labels reaches records whose labels cannot be compared, too (PRV-7): of those the filter tells nothing. It never says
 * no where a rule matches, and says yes for a few that do not.
 */
final class DataFilter {
    static final int BYTES = 32;
    private static final ByteString EVERY_RECORD = ByteString.fromHex("ff".repeat(BYTES));

    private final byte[] bits = new byte[BYTES];
    private boolean any;
    private boolean deniesByLabels;

    /** Takes in a rule, or an exception with the rule around it, from which it has what it omits (CON-1). */
    void add(ConsentRule own, ConsentRule outer) {
        ConsentRule records = own.getRecordIdsCount() > 0 ? own : outer;
        ConsentRule labelled = own.getLabelsCount() > 0 ? own : outer;
        if (records.getRecordIdsCount() > 0) {
            records.getRecordIdsList().forEach(this::set);
        } else if (labelled.getLabelsCount() > 0) {
            deniesByLabels |= !own.getPermit();
            labelled.getLabels(0).getLabelsList().forEach(this::set);
        } else {
            any = true;
        }
    }

    private void set(ByteString token) {
        if (token.isEmpty()) {
            any = true;
        } else {
            bits[(token.byteAt(0) & 0xff) >>> 3] |= (byte) (1 << (token.byteAt(0) & 7));
        }
    }

    /** 32 bytes; all bits are set where every record may match. */
    ByteString encoded() {
        return any ? EVERY_RECORD : ByteString.copyFrom(bits);
    }

    /** The filter at a place of many in a row. */
    static ByteString at(ByteString filters, int place) {
        return filters.substring(place * BYTES, (place + 1) * BYTES);
    }

    /** Whether some rule denies by labels, so that the filter holds for records with comparable labels alone. */
    boolean deniesByLabels() {
        return deniesByLabels;
    }

    /**
     * Whether a consent with the filter at this place can have a rule that matches a record.
     *
     * @param tokens what {@link #tokens} says of the record
     */
    static boolean mayMatch(ByteString filters, int place, byte[] tokens) {
        for (byte token : tokens) {
            if ((filters.byteAt(place * BYTES + ((token & 0xff) >>> 3)) >>> (token & 7) & 1) != 0) {
                return true;
            }
        }
        return false;
    }

    /** The first bytes of a record's id and labels; a rule that names an empty one may match any record. */
    static byte[] tokens(ByteString recordId, Set<ByteString> labels) {
        ByteString.Output tokens = ByteString.newOutput(1 + labels.size());
        Stream.concat(Stream.of(recordId), labels.stream())
                .filter(token -> !token.isEmpty())
                .forEach(token -> tokens.write(token.byteAt(0)));
        return tokens.toByteString().toByteArray();
    }
}
