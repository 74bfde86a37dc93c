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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Fetches a disclosed payload and believes nothing of it before it is proven: the record's receipt, the hash of the
 * ciphertext, every segment, and the commitment of the plaintext.
 */
public final class PayloadDownload {
    private static final int PIECE_BYTES = 1024 * 1024;
    private static final int MAX_RETRIES = 5;
    private static final Set<OpenOption> PART_OPTIONS = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Set<String> ELSEWHERE =
            Set.of("PAYLOAD_NOT_HELD", "PAYLOAD_DAMAGED", "NOT_CURRENT", "BUSY", "INTERNAL");

    private final NodeClient custodian;
    private final Replicas replicas;
    private final ReceiptVerifier verifier;

    /** Clients of other holders' nodes, asked for when the custodian's does not go on. */
    public interface Replicas {
        List<NodeClient> clients() throws ClientException;
    }

    /** @param custodian client of the custodian's node */
    public PayloadDownload(NodeClient custodian, Replicas replicas, ReceiptVerifier verifier) {
        this.custodian = custodian;
        this.replicas = replicas;
        this.verifier = verifier;
    }

    /**
     * Where the files of a download stand.
     *
     * @param directory of temporary files, on the file system of their final place
     * @param part the beginning of a file's name: with it, a ciphertext that came in part is kept and gone on with
     */
    public record Place(Path directory, Optional<String> part) {
        /** Named after the ciphertext too: it may be fetched under another access, and another version is another file. */
        Optional<Path> partOf(ByteString ciphertextHash) {
            String digits = HexFormat.of().formatHex(ciphertextHash.toByteArray());
            return part.map(name -> directory.resolve(name + "." + digits.substring(0, 16) + ".part"));
        }
    }

    /** A proven plaintext in a temporary file of mode 0600, to be moved or deleted by the caller. */
    public record Content(Path file, RecordMetadata metadata, Opening opening, RecordVersionId version) {}

    /** Which version of which record a content is, by its receipt. */
    public record RecordVersionId(ByteString recordId, long version) {}

    /** What the custodian's node answered for an access; the key in it is sealed to the requester. */
    public record Disclosed(ByteString accessId, DiscloseResponse response) {
        /** A read by the custodian's own staff has no disclosure on chain, so no replica serves it. */
        public boolean isOnChain() {
            return !response.getDisclosureTxId().isEmpty();
        }
    }

    /** Only the custodian's node can: it seals the data key to the requester (PRV-3). */
    public Disclosed disclose(ByteString accessId) throws ClientException {
        return new Disclosed(accessId, custodian.disclose(accessId));
    }

    public Content fetch(Disclosed disclosed, ByteString recordId, Place place, LongConsumer progress)
            throws ClientException, IOException {
        DiscloseResponse disclosure = disclosed.response();
        ByteString accessId = disclosed.accessId();
        VerifiedReceipt receipt = verifier.verify(disclosure.getRecordProof().toByteArray());
        RecordContent content = content(receipt, recordId);
        if (!content.getCiphertextHash().equals(disclosure.getCiphertextHash())
                || content.getCiphertextSize() != disclosure.getCiphertextSize()) {
            throw untrue("it is not the ciphertext that was registered");
        }
        byte[] dataKey = open(accessId, disclosure);
        Optional<Path> part = place.partOf(disclosure.getCiphertextHash());
        Path ciphertext = part.isPresent() ? part.get() : PartFiles.create(place.directory(), "fetch");
        Optional<Path> written = Optional.empty();
        boolean done = false;
        boolean resumable = false;
        try {
            resumable = part.isPresent();
            download(disclosed, ciphertext, progress);
            resumable = false;
            Path plaintext = PartFiles.create(place.directory(), "content");
            written = Optional.of(plaintext);
            RecordMetadata metadata =
                    RecordMetadata.open(dataKey, content.getSealedMetadata().toByteArray());
            if (!decrypt(dataKey, ciphertext, plaintext, metadata.salt())
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
        } catch (ClientException refused) {
            resumable = resumable && refused.kind().isPassing();
            throw refused;
        } finally {
            Arrays.fill(dataKey, (byte) 0);
            if (!resumable) {
                Files.deleteIfExists(ciphertext);
            }
            if (!done && written.isPresent()) {
                Files.deleteIfExists(written.get());
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

    private void download(Disclosed disclosed, Path ciphertext, LongConsumer progress)
            throws ClientException, IOException {
        DiscloseResponse disclosure = disclosed.response();
        long size = disclosure.getCiphertextSize();
        try (FileChannel out = FileChannel.open(ciphertext, PART_OPTIONS, PRIVATE)) {
            if (out.size() > size) {
                out.truncate(0);
            }
            out.position(out.size());
            progress.accept(out.size());
            Sources sources = new Sources(disclosed);
            while (out.position() < size) {
                int length = (int) Math.min(PIECE_BYTES, size - out.position());
                FetchPayloadResponse piece = sources.piece(out.position(), length);
                if (piece.getData().isEmpty() || piece.getData().size() > length) {
                    throw untrue("it has not the registered size");
                }
                ByteBuffer bytes = piece.getData().asReadOnlyByteBuffer();
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                progress.accept(out.position());
            }
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(ciphertext))) {
            if (!Hash.sha256(in).equals(Hash.of(disclosure.getCiphertextHash().toByteArray()))) {
                throw untrue("its hash is not the registered one");
            }
        }
    }

    /** The custodian by its token, and after it the replicas by the access whose disclosure is on chain (REC-2). */
    private final class Sources {
        private final Disclosed disclosed;
        private List<NodeClient> others = List.of();
        private int current = -1;

        Sources(Disclosed disclosed) {
            this.disclosed = disclosed;
        }

        FetchPayloadResponse piece(long offset, int length) throws ClientException {
            while (true) {
                try {
                    return patiently(offset, length);
                } catch (NodeUnreachable | NodeClient.Unanswered away) {
                    next(away);
                } catch (NodeRefusal refusal) {
                    if (!ELSEWHERE.contains(refusal.code()) && refusal.kind() != FailureClass.OUTCOME_UNKNOWN) {
                        throw refusal;
                    }
                    next(refusal);
                }
            }
        }

        private FetchPayloadResponse patiently(long offset, int length) throws ClientException {
            for (int tries = 1; ; tries++) {
                try {
                    return ask(offset, length);
                } catch (NodeClient.Unanswered lost) {
                    if (tries > MAX_RETRIES) {
                        throw lost;
                    }
                } catch (NodeRefusal late) {
                    if (late.kind() != FailureClass.OUTCOME_UNKNOWN || tries > MAX_RETRIES) {
                        throw late;
                    }
                }
            }
        }

        private FetchPayloadResponse ask(long offset, int length) throws ClientException {
            FetchPayloadRequest.Builder request =
                    FetchPayloadRequest.newBuilder().setOffset(offset).setLength(length);
            return current < 0
                    ? custodian.fetchPayload(
                            request.setDownloadToken(disclosed.response().getDownloadToken())
                                    .build())
                    : others.get(current)
                            .fetchPayload(
                                    request.setAccessId(disclosed.accessId()).build());
        }

        private void next(ClientException failure) throws ClientException {
            if (current < 0 && disclosed.isOnChain()) {
                others = replicas.clients();
            }
            if (++current >= others.size()) {
                throw failure;
            }
        }
    }

    /** Returns the commitment to what came out. */
    private static Hash decrypt(byte[] dataKey, Path ciphertext, Path plaintext, byte[] salt)
            throws CryptoException, IOException {
        MessageDigest committing = Commitment.begin(salt);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(ciphertext));
                OutputStream out = new DigestOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(plaintext)), committing)) {
            PayloadCipher.decrypt(dataKey, in, out);
        }
        try (FileChannel channel = FileChannel.open(plaintext, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return Hash.of(committing.digest());
    }

    private static VerificationFailed untrue(String reason) {
        return new VerificationFailed(
                "CONTENT_UNPROVEN",
                "What the custodian's node delivered is not proven: " + reason,
                "Tell the custodian; nothing was written");
    }
}
