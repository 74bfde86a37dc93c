package io.consilium.ledger.tx;

import com.google.protobuf.ByteString;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.SealedFor;
import java.util.List;

/** The checks of single fields: lengths, bounds and order, each naming the field that fails. */
final class Shape {
    static final int ID_BYTES = ActorName.ID_BYTES;
    static final int HASH_BYTES = 32;
    static final int KEY_BYTES = 32;
    static final int MAX_ENVELOPE_BYTES = 512;
    static final int MAX_CODE_CHARACTERS = 40;

    private Shape() {}

    static void exactly(ByteString bytes, int length, String path) throws MalformedTransaction {
        if (bytes.size() != length) {
            throw MalformedTransaction.at(path, "has " + length + " bytes, not " + bytes.size());
        }
    }

    static void id(ByteString bytes, String path) throws MalformedTransaction {
        exactly(bytes, ID_BYTES, path);
    }

    static void hash(ByteString bytes, String path) throws MalformedTransaction {
        exactly(bytes, HASH_BYTES, path);
    }

    static void hashOrNothing(ByteString bytes, String path) throws MalformedTransaction {
        if (!bytes.isEmpty()) {
            exactly(bytes, HASH_BYTES, path);
        }
    }

    static void atMost(ByteString bytes, int max, String path) throws MalformedTransaction {
        if (bytes.size() > max) {
            throw MalformedTransaction.at(path, "has at most " + max + " bytes, not " + bytes.size());
        }
    }

    static void count(int count, int min, int max, String path) throws MalformedTransaction {
        if (count < min || count > max) {
            throw MalformedTransaction.at(path, "has " + min + " to " + max + " entries, not " + count);
        }
    }

    static void slug(String text, String path) throws MalformedTransaction {
        if (!ActorName.isSlug(text)) {
            throw MalformedTransaction.at(
                    path, "is an institution: 1 to 30 lowercase letters, digits and inner hyphens");
        }
    }

    static void member(String text, String path) throws MalformedTransaction {
        if (!(ActorName.parse(text).orElse(null) instanceof ActorName.Member)) {
            throw MalformedTransaction.at(path, "is a member, written institution/handle");
        }
    }

    /** A short word of letters, digits and inner punctuation: whether it is a known one is for the rules. */
    static void code(String text, String path) throws MalformedTransaction {
        boolean fits = !text.isEmpty() && text.length() <= MAX_CODE_CHARACTERS;
        for (int i = 0; fits && i < text.length(); i++) {
            char c = text.charAt(i);
            fits = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-';
        }
        if (!fits) {
            throw MalformedTransaction.at(path, "is a code of 1 to 40 letters, digits, hyphens and underscores");
        }
    }

    static void key(KeyValue key, KeyAlgorithm algorithm, String path) throws MalformedTransaction {
        if (key.getAlgorithm() != algorithm || key.getKey().size() != KEY_BYTES) {
            throw MalformedTransaction.at(path, "is a key of 32 bytes for " + algorithm);
        }
    }

    /** Strictly ascending, hence distinct; bytes compare without sign. */
    static void ascending(List<ByteString> values, String path) throws MalformedTransaction {
        for (int i = 1; i < values.size(); i++) {
            if (ByteString.unsignedLexicographicalComparator().compare(values.get(i - 1), values.get(i)) >= 0) {
                throw MalformedTransaction.at(path + "[" + i + "]", "is out of order or repeated");
            }
        }
    }

    static void ascendingText(List<String> values, String path) throws MalformedTransaction {
        for (int i = 1; i < values.size(); i++) {
            if (values.get(i - 1).compareTo(values.get(i)) >= 0) {
                throw MalformedTransaction.at(path + "[" + i + "]", "is out of order or repeated");
            }
        }
    }

    static void sealed(List<SealedFor> envelopes, int max, String path) throws MalformedTransaction {
        count(envelopes.size(), 0, max, path);
        for (int i = 0; i < envelopes.size(); i++) {
            SealedFor envelope = envelopes.get(i);
            String at = path + "[" + i + "]";
            if (ActorName.parse(envelope.getRecipient()).isEmpty()) {
                throw MalformedTransaction.at(at + ".recipient", "is an institution, a member or a patient id");
            }
            exactly(envelope.getRecipientKey(), KEY_BYTES, at + ".recipient_key");
            count(envelope.getEnvelope().size(), KEY_BYTES + 1, MAX_ENVELOPE_BYTES, at + ".envelope");
            for (int j = 0; j < i; j++) {
                if (envelopes.get(j).getRecipient().equals(envelope.getRecipient())) {
                    throw MalformedTransaction.at(at + ".recipient", "is repeated");
                }
            }
        }
    }

    static void nonNegative(long value, String path) throws MalformedTransaction {
        if (value < 0) {
            throw MalformedTransaction.at(path, "is not negative, this one is " + value);
        }
    }
}
