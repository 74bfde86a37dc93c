package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Blinding;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.KeyChain;
import io.consilium.proto.Code;
import io.consilium.proto.PatientState;
import java.util.Arrays;
import java.util.List;

/** The scope keys of one patient in clear, of all epochs; they are wiped when it is closed (PRV-7). */
final class KeyRing implements AutoCloseable {
    private final List<byte[]> keys;
    private final int epoch;

    private KeyRing(List<byte[]> keys, int epoch) {
        this.keys = keys;
        this.epoch = epoch;
    }

    /** Takes the newest key over, and wipes it too. */
    static KeyRing of(PatientState patient, byte[] newest) throws CryptoException {
        try {
            List<byte[]> links = patient.getEarlierKeysList().stream()
                    .map(ByteString::toByteArray)
                    .toList();
            return new KeyRing(KeyChain.open(newest, links), patient.getLabelEpoch());
        } finally {
            Arrays.fill(newest, (byte) 0);
        }
    }

    /** The epoch of the newest key. */
    int epoch() {
        return epoch;
    }

    /** Oldest first; the newest is that of {@link #epoch()}. */
    List<byte[]> keys() {
        return keys;
    }

    byte[] newest() {
        return keys.get(keys.size() - 1);
    }

    /** The epoch that one of the keys is of. */
    int epochOf(int index) {
        return epoch - keys.size() + 1 + index;
    }

    ByteString label(int index, Code code) {
        return ByteString.copyFrom(Blinding.label(keys.get(index), epochOf(index), code.getSystem(), code.getCode()));
    }

    @Override
    public void close() {
        keys.forEach(key -> Arrays.fill(key, (byte) 0));
    }
}
