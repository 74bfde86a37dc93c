package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.storage.SecretsStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The re-wrapped data keys that a custodian's node keeps, so that a repeated disclosure is the one on chain (ACC-2). */
final class KeptEnvelopes {
    private static final byte[] PREFIX = "disclosed-key/".getBytes(StandardCharsets.US_ASCII);
    private static final int PAGE = 256;

    private KeptEnvelopes() {}

    /** By record, access and key, hashed: the name says nothing to who does not know them. */
    static byte[] name(ByteString recordId, ByteString accessId, ByteString recipientKey) {
        Hash place = Hash.sha256(accessId.toByteArray(), recipientKey.toByteArray());
        return ByteString.copyFrom(prefix(recordId))
                .concat(ByteString.copyFrom(place.toBytes()))
                .toByteArray();
    }

    /** Deletes the envelopes of a record, of every access and version (PRV-6). */
    static void deleteAll(SecretsStore secrets, ByteString recordId) {
        for (List<byte[]> names = page(secrets, recordId); !names.isEmpty(); names = page(secrets, recordId)) {
            names.forEach(secrets::delete);
        }
    }

    static boolean any(SecretsStore secrets, ByteString recordId) {
        return !page(secrets, recordId).isEmpty();
    }

    private static List<byte[]> page(SecretsStore secrets, ByteString recordId) {
        return secrets.keys(prefix(recordId), Optional.empty(), PAGE);
    }

    private static byte[] prefix(ByteString recordId) {
        return ByteString.copyFrom(PREFIX)
                .concat(ByteString.copyFrom(Hash.sha256(recordId.toByteArray()).toBytes()))
                .toByteArray();
    }
}
