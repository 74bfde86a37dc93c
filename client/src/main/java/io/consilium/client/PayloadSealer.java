package io.consilium.client;

import io.consilium.crypto.Commitment;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PayloadCipher;
import io.consilium.crypto.PrivateFile;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Encrypts a payload where it originates, with a fresh data key, in bounded memory (PRV-2). */
public final class PayloadSealer {
    private static final long LARGE_PAYLOAD_BYTES = 16L * 1024 * 1024;

    private final SecureRandom random = new SecureRandom();

    /** Without telling how far it is. */
    public SealedPayload seal(Payload payload, String mediaType, Optional<String> title, Path workDirectory)
            throws ClientException {
        return seal(payload, mediaType, title, workDirectory, bytes -> {});
    }

    /**
     * Reads the payload once, so that the commitment is to what was encrypted, and refuses one that changed meanwhile.
     *
     * @param workDirectory where the ciphertext waits until it is uploaded
     * @param progress is told how many bytes have been read
     */
    public SealedPayload seal(
            Payload payload, String mediaType, Optional<String> title, Path workDirectory, LongConsumer progress)
            throws ClientException {
        byte[] salt = new byte[Commitment.SALT_BYTES];
        byte[] dataKey = new byte[PayloadCipher.KEY_BYTES];
        random.nextBytes(salt);
        random.nextBytes(dataKey);
        byte[] metadata = new RecordMetadata(mediaType, title, payload.fileName(), salt).seal(dataKey, random);
        try {
            PrivateFile.directories(workDirectory);
            Path ciphertext = Files.createTempFile(
                    workDirectory,
                    "payload-",
                    ".sealed",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return seal(payload, ciphertext, salt, dataKey, metadata, progress);
        } catch (IOException failed) {
            throw unreadable(payload, failed);
        }
    }

    private SealedPayload seal(
            Payload payload, Path ciphertext, byte[] salt, byte[] dataKey, byte[] metadata, LongConsumer progress)
            throws IOException, MalformedInput {
        boolean done = false;
        try {
            MessageDigest committing = Commitment.begin(salt);
            Hash ciphertextHash;
            String before = payload.stamp();
            int segment = segmentBytes(payload.size());
            try (InputStream in = new Counted(new DigestInputStream(payload.open(), committing), progress);
                    OutputStream out = new BufferedOutputStream(Files.newOutputStream(ciphertext))) {
                ciphertextHash = PayloadCipher.encrypt(dataKey, in, out, random, segment);
            }
            if (!payload.stamp().equals(before)) {
                throw new MalformedInput(
                        "", payload.name() + " changed while it was read", "Run the command again on a file at rest");
            }
            Hash commitment = Hash.of(committing.digest());
            done = true;
            return new SealedPayload(
                    ciphertext, Files.size(ciphertext), ciphertextHash, commitment, salt, dataKey, metadata);
        } finally {
            if (!done) {
                Files.deleteIfExists(ciphertext);
            }
        }
    }

    private static int segmentBytes(long plainBytes) {
        return plainBytes > LARGE_PAYLOAD_BYTES ? PayloadCipher.LARGE_SEGMENT_BYTES : PayloadCipher.SEGMENT_BYTES;
    }

    /** What content of so many bytes takes once it is encrypted. */
    static long ciphertextBytes(long plainBytes) {
        return PayloadCipher.ciphertextBytes(plainBytes, segmentBytes(plainBytes));
    }

    private static ClientException unreadable(Payload payload, IOException failed) {
        return new ClientException(
                        FailureClass.USAGE,
                        "FILE_UNREADABLE",
                        payload.name() + " cannot be read or encrypted: " + PrivateFile.reason(failed),
                        "Check the path and the free space")
                .causedBy(failed);
    }

    /** Tells how many bytes went through. */
    private static final class Counted extends FilterInputStream {
        private final LongConsumer progress;
        private long count;

        Counted(InputStream in, LongConsumer progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            told(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            int read = super.read(target, from, length);
            told(read);
            return read;
        }

        private void told(int read) {
            if (read > 0) {
                count += read;
                progress.accept(count);
            }
        }
    }

    /** The commitment to a file's content under a salt. */
    public static Hash commitment(byte[] salt, Payload file) throws IOException {
        try (InputStream in = file.open()) {
            return Commitment.of(salt, in);
        }
    }
}
