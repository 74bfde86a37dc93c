package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.proto.ConsentRule;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells of most records that no rule of a consent can match them, from 32 bytes in its patient's list (ADR 25).
 *
 * <p>Two bits for each record id that a rule names, or else for each label of its first group; ids and labels are random
 * or HMACs, so their first two bytes are the bits. A rule that names neither may match any record: then all are set. A deny
 * by labels reaches records whose labels cannot be compared, too (PRV-7): of those the filter tells nothing. It never says
 * no where a rule matches, and says yes for a few that do not.
 */
final class DataFilter {
    static final int BYTES = 32;

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
            set(first(token));
            set(second(token));
        }
    }

    private void set(byte bit) {
        bits[(bit & 0xff) >>> 3] |= (byte) (1 << (bit & 7));
    }

    private static byte first(ByteString token) {
        return token.byteAt(0);
    }

    private static byte second(ByteString token) {
        return token.byteAt(Math.min(1, token.size() - 1));
    }

    /** 32 bytes; all bits are set where every record may match. */
    byte[] encoded() {
        byte[] filter = bits.clone();
        if (any) {
            Arrays.fill(filter, (byte) 0xff);
        }
        return filter;
    }

    /** Whether some rule denies by labels, so that the filter holds for records with comparable labels alone. */
    boolean deniesByLabels() {
        return deniesByLabels;
    }

    /**
     * Whether a consent can have a rule that matches a record.
     *
     * @param filter where its filter begins in the bytes
     * @param tokens what {@link #tokens} says of the record
     */
    static boolean mayMatch(ByteBuffer bytes, int filter, byte[] tokens) {
        for (int i = 0; i < tokens.length; i += 2) {
            if (isSet(bytes, filter, tokens[i]) && isSet(bytes, filter, tokens[i + 1])) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSet(ByteBuffer bytes, int filter, byte bit) {
        return (bytes.get(filter + ((bit & 0xff) >>> 3)) >>> (bit & 7) & 1) != 0;
    }

    /** The first two bytes of a record's id and of each label; a rule that names an empty one may match any record. */
    static byte[] tokens(ByteString recordId, Set<ByteString> labels) {
        ByteString.Output tokens = ByteString.newOutput(2 * (1 + labels.size()));
        Stream.concat(Stream.of(recordId), labels.stream())
                .filter(token -> !token.isEmpty())
                .forEach(token -> {
                    tokens.write(first(token));
                    tokens.write(second(token));
                });
        return tokens.toByteString().toByteArray();
    }
}
