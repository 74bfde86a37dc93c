package io.consilium.client;

import io.consilium.crypto.Commitment;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PayloadCipher;
import io.consilium.crypto.PrivateFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Optional;

/** Encrypts a payload where it originates, with a fresh data key, in bounded memory (PRV-2). */
public final class PayloadSealer {
    private static final long LARGE_PAYLOAD_BYTES = 16L * 1024 * 1024;

    private final SecureRandom random = new SecureRandom();

    /**
     * Reads the payload twice, for the commitment and for the ciphertext, and refuses one that changed between.
     *
     * @param workDirectory where the ciphertext waits until it is uploaded
     */
    public SealedPayload seal(Payload payload, String mediaType, Optional<String> title, Path workDirectory)
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
            return seal(payload, ciphertext, salt, dataKey, metadata);
        } catch (IOException failed) {
            throw unreadable(payload, failed);
        }
    }

    private SealedPayload seal(Payload payload, Path ciphertext, byte[] salt, byte[] dataKey, byte[] metadata)
            throws IOException, MalformedInput {
        boolean done = false;
        try {
            MessageDigest first = digest();
            Hash commitment;
            try (InputStream in = new DigestInputStream(payload.open(), first)) {
                commitment = Commitment.of(salt, in);
            }
            MessageDigest second = digest();
            Hash ciphertextHash;
            int segment = payload.size() > LARGE_PAYLOAD_BYTES
                    ? PayloadCipher.LARGE_SEGMENT_BYTES
                    : PayloadCipher.SEGMENT_BYTES;
            try (InputStream in = new DigestInputStream(payload.open(), second);
                    OutputStream out = new BufferedOutputStream(Files.newOutputStream(ciphertext))) {
                ciphertextHash = PayloadCipher.encrypt(dataKey, in, out, random, segment);
            }
            if (!MessageDigest.isEqual(first.digest(), second.digest())) {
                throw new MalformedInput(
                        "", payload.name() + " changed while it was read", "Run the command again on a file at rest");
            }
            done = true;
            return new SealedPayload(
                    ciphertext, Files.size(ciphertext), ciphertextHash, commitment, salt, dataKey, metadata);
        } finally {
            if (!done) {
                Files.deleteIfExists(ciphertext);
            }
        }
    }

    private static ClientException unreadable(Payload payload, IOException failed) {
        return new ClientException(
                        FailureClass.USAGE,
                        "FILE_UNREADABLE",
                        payload.name() + " cannot be read or encrypted: " + PrivateFile.reason(failed),
                        "Check the path and the free space")
                .causedBy(failed);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java runtime has no SHA-256, which every runtime must have", missing);
        }
    }

    /** The commitment to a file's content under a salt. */
    public static Hash commitment(byte[] salt, Payload file) throws IOException {
        try (InputStream in = file.open()) {
            return Commitment.of(salt, in);
        }
    }
}
