package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.SealedBytes;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.RecordFacts;
import io.consilium.proto.SealedFor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/** A payload's ciphertext in a file, and everything that is needed to register it. */
public final class SealedPayload implements AutoCloseable {
    private final Path ciphertext;
    private final long size;
    private final Hash ciphertextHash;
    private final Hash commitment;
    private final byte[] salt;
    private final byte[] dataKey;
    private final byte[] sealedMetadata;

    /** What remembers this payload for another run, until it is settled. */
    private Optional<Path> note = Optional.empty();

    SealedPayload(
            Path ciphertext,
            long size,
            Hash ciphertextHash,
            Hash commitment,
            byte[] salt,
            byte[] dataKey,
            byte[] sealedMetadata) {
        this.ciphertext = ciphertext;
        this.size = size;
        this.ciphertextHash = ciphertextHash;
        this.commitment = commitment;
        this.salt = salt;
        this.dataKey = dataKey;
        this.sealedMetadata = sealedMetadata;
    }

    public Path ciphertext() {
        return ciphertext;
    }

    public long size() {
        return size;
    }

    public Hash ciphertextHash() {
        return ciphertextHash;
    }

    public Hash commitment() {
        return commitment;
    }

    public byte[] salt() {
        return salt.clone();
    }

    public byte[] sealedMetadata() {
        return sealedMetadata.clone();
    }

    /** Shared; for what seals it to somebody. */
    byte[] dataKey() {
        return dataKey;
    }

    /** What conditions of consents are held against, padded so that its length tells little (PRV-5). */
    public ByteString sealFacts(RecordFacts facts) {
        RecordFacts filled = facts.toBuilder()
                .setPadding(Padding.after(facts.getSerializedSize()))
                .build();
        return ByteString.copyFrom(
                SealedBytes.seal(SealedBytes.Use.FACTS, dataKey, filled.toByteArray(), new SecureRandom()));
    }

    /** The data key for a custodian, bound to the record (PRV-3). */
    public SealedFor sealDataKey(ByteString recordId, InstitutionState custodian) throws ClientException {
        return new CustodianKeys().seal(KeyEnvelope.Use.DATA_KEY, recordId, custodian, dataKey);
    }

    void keptBy(Path file) {
        note = Optional.of(file);
    }

    /** Whether another run can go on with it. */
    public boolean isKept() {
        return note.isPresent();
    }

    /** Nothing is left to resume: its files may go. */
    public void settled() throws IOException {
        if (note.isPresent()) {
            Files.deleteIfExists(note.get());
            note = Optional.empty();
        }
    }

    /** Forgets the key, and removes the ciphertext unless another run is to go on with it. */
    @Override
    public void close() throws IOException {
        Arrays.fill(dataKey, (byte) 0);
        if (note.isEmpty()) {
            Files.deleteIfExists(ciphertext);
        }
    }
}
