package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Commitment;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.PayloadCipher;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
import io.consilium.proto.RecordContent;
import io.consilium.proto.TransactionBody;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Fetches a disclosed payload and believes nothing of it before it is proven: the record's receipt, the hash of the
 * ciphertext, every segment, and the commitment of the plaintext.
 */
public final class PayloadDownload {
    private static final int PIECE_BYTES = 1024 * 1024;
    private static final int MAX_RETRIES = 5;

    private final NodeClient custodian;
    private final ReceiptVerifier verifier;

    /** @param custodian client of the custodian's node */
    public PayloadDownload(NodeClient custodian, ReceiptVerifier verifier) {
        this.custodian = custodian;
        this.verifier = verifier;
    }

    /** A proven plaintext in a temporary file of mode 0600, to be moved or deleted by the caller. */
    public record Content(Path file, RecordMetadata metadata, Opening opening, RecordVersionId version) {}

    /** Which version of which record a content is, by its receipt. */
    public record RecordVersionId(ByteString recordId, long version) {}

    /** @param directory where the temporary files are made, on the file system of their final place */
    public Content fetch(ByteString accessId, ByteString recordId, Path directory, LongConsumer progress)
            throws ClientException, IOException {
        DiscloseResponse disclosure = custodian.disclose(accessId);
        VerifiedReceipt receipt = verifier.verify(disclosure.getRecordProof().toByteArray());
        RecordContent content = content(receipt, recordId);
        if (!content.getCiphertextHash().equals(disclosure.getCiphertextHash())
                || content.getCiphertextSize() != disclosure.getCiphertextSize()) {
            throw untrue("it is not the ciphertext that was registered");
        }
        byte[] dataKey = open(accessId, disclosure);
        Path ciphertext = temporary(directory, "fetch-");
        Path plaintext = temporary(directory, "content-");
        boolean done = false;
        try {
            download(disclosure, ciphertext, progress);
            RecordMetadata metadata =
                    RecordMetadata.open(dataKey, content.getSealedMetadata().toByteArray());
            decrypt(dataKey, ciphertext, plaintext);
            if (!commitment(metadata, plaintext)
                    .equals(Hash.of(content.getCommitment().toByteArray()))) {
                throw untrue("it is not the content that was registered");
            }
            done = true;
            return new Content(
                    plaintext,
                    metadata,
                    new Opening(metadata.salt(), receipt.proof()),
                    new RecordVersionId(recordId, version(receipt.transaction().body())));
        } catch (CryptoException refused) {
            throw untrue(String.valueOf(refused.getMessage())).causedBy(refused);
        } finally {
            Arrays.fill(dataKey, (byte) 0);
            Files.deleteIfExists(ciphertext);
            if (!done) {
                Files.deleteIfExists(plaintext);
            }
        }
    }

    /** The content that an applied registration or amendment of this record names. */
    static RecordContent content(VerifiedReceipt receipt, ByteString recordId) throws VerificationFailed {
        TransactionBody body = receipt.transaction().body();
        if (receipt.applied()
                && body.hasRecordRegister()
                && body.getRecordRegister().getRecordId().equals(recordId)) {
            return body.getRecordRegister().getContent();
        }
        if (receipt.applied()
                && body.hasRecordAmend()
                && body.getRecordAmend().getRecordId().equals(recordId)) {
            return body.getRecordAmend().getContent();
        }
        throw untrue("the receipt is not one of this record");
    }

    static long version(TransactionBody body) {
        return body.hasRecordAmend() ? body.getRecordAmend().getPredecessor() + 1 : 1;
    }

    private byte[] open(ByteString accessId, DiscloseResponse disclosure) throws ClientException {
        try {
            return KeyEnvelope.open(
                    KeyEnvelope.Use.DISCLOSED_KEY,
                    accessId.toByteArray(),
                    custodian.identity().encryptionKey(),
                    disclosure.getDataKey().getEnvelope().toByteArray());
        } catch (CryptoException refused) {
            throw untrue("the data key is not sealed to this keystore").causedBy(refused);
        }
    }

    private void download(DiscloseResponse disclosure, Path ciphertext, LongConsumer progress)
            throws ClientException, IOException {
        long size = disclosure.getCiphertextSize();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(ciphertext))) {
            long offset = 0;
            int retries = 0;
            while (offset < size) {
                FetchPayloadResponse piece;
                try {
                    piece = custodian.fetchPayload(FetchPayloadRequest.newBuilder()
                            .setDownloadToken(disclosure.getDownloadToken())
                            .setOffset(offset)
                            .setLength((int) Math.min(PIECE_BYTES, size - offset))
                            .build());
                } catch (NodeClient.Unanswered lost) {
                    if (++retries > MAX_RETRIES) {
                        throw lost;
                    }
                    continue;
                }
                if (piece.getData().isEmpty() || piece.getData().size() > size - offset) {
                    throw untrue("it has not the registered size");
                }
                piece.getData().writeTo(out);
                offset += piece.getData().size();
                retries = 0;
                progress.accept(offset);
            }
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(ciphertext))) {
            if (!Hash.sha256(in).equals(Hash.of(disclosure.getCiphertextHash().toByteArray()))) {
                throw untrue("its hash is not the registered one");
            }
        }
    }

    private static void decrypt(byte[] dataKey, Path ciphertext, Path plaintext) throws CryptoException, IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(ciphertext));
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(plaintext))) {
            PayloadCipher.decrypt(dataKey, in, out);
        }
        try (FileChannel channel = FileChannel.open(plaintext, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static Hash commitment(RecordMetadata metadata, Path plaintext) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(plaintext))) {
            return Commitment.of(metadata.salt(), in);
        }
    }

    private static Path temporary(Path directory, String prefix) throws IOException {
        return Files.createTempFile(
                directory,
                "." + prefix,
                ".part",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static VerificationFailed untrue(String reason) {
        return new VerificationFailed(
                "CONTENT_UNPROVEN",
                "What the custodian's node delivered is not proven: " + reason,
                "Tell the custodian; nothing was written");
    }
}
