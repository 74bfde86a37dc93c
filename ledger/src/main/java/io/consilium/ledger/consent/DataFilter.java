package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.proto.ConsentRule;
import java.util.Set;

/**
 * Tells of most records that no rule of a consent can match them, from 32 bytes in the consent's entry (ADR 25).
 *
 * <p>One bit for each record id that a rule names, or else for each label of its first group; ids and labels are random
 * or HMACs, so their first byte is the bit. A rule that names neither may match any record: then there is no filter. A deny
 * by labels reaches records whose labels cannot be compared, too (PRV-7): of those the filter tells nothing. It never says
 * no where a rule matches, and says yes for a few that do not.
 */
final class DataFilter {
    private static final int BYTES = 32;

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

    /** Empty where every record may match. */
    ByteString encoded() {
        return any ? ByteString.EMPTY : ByteString.copyFrom(bits);
    }

    /** Whether some rule denies by labels, so that the filter holds for records with comparable labels alone. */
    boolean deniesByLabels() {
        return deniesByLabels;
    }

    /** Whether a consent with this filter can have a rule that matches a record of this id with these labels. */
    static boolean mayMatch(ByteString filter, ByteString recordId, Set<ByteString> labels) {
        if (filter.size() != BYTES || has(filter, recordId)) {
            return true;
        }
        for (ByteString label : labels) {
            if (has(filter, label)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(ByteString filter, ByteString token) {
        return token.isEmpty() || (filter.byteAt((token.byteAt(0) & 0xff) >>> 3) >>> (token.byteAt(0) & 7) & 1) != 0;
    }
}
