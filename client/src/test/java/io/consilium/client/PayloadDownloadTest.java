package io.consilium.client;

import static io.consilium.client.FakeNode.refuse;
import static io.consilium.client.FakeNode.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.X25519;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.SealedFor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A download from nodes that break, lie and go away: it goes on, or leaves nothing behind (REC-2, PRV-2). */
class PayloadDownloadTest {
    private static final int SIZE = 3_500_000;
    private static final int PIECE = 1024 * 1024;
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    Path directory;

    private final byte[] content = new byte[SIZE];
    private final ByteString accessId = new CustodianKeys().freshId();
    private final ByteString recordId = new CustodianKeys().freshId();
    private final List<FetchPayloadRequest> asked = new ArrayList<>();
    private final List<FetchPayloadRequest> askedReplica = new ArrayList<>();
    private TestChain chain;
    private FakeNode custodian;
    private FakeNode replica;
    private Path target;
    private Path work;
    private byte[] ciphertext;
    private PayloadDownload.Disclosed disclosed;

    @BeforeEach
    void start() throws Exception {
        chain = TestChain.create();
        custodian = new FakeNode(chain);
        replica = new FakeNode(chain);
        new Random(2).nextBytes(content);
        Path source = Files.write(directory.resolve("source"), content);
        work = Files.createDirectories(directory.resolve("work"));
        target = Files.createDirectories(directory.resolve("out"));
        try (SealedPayload sealed =
                new PayloadSealer().seal(Payload.of(source), "text/plain", Optional.empty(), work)) {
            ciphertext = Files.readAllBytes(sealed.ciphertext());
            disclosed = disclosed(sealed, chain.doctorEncryption.publicKey(), "on chain");
        }
        serve(custodian, asked, ciphertext);
        serve(replica, askedReplica, ciphertext);
    }

    @AfterEach
    void stop() {
        custodian.close();
        replica.close();
    }

    private PayloadDownload.Disclosed disclosed(SealedPayload sealed, byte[] recipientKey, String txId)
            throws Exception {
        RecordRegister register = RecordRegister.newBuilder()
                .setRecordId(recordId)
                .setPatientId(new CustodianKeys().freshId())
                .setCustodian("a-clinic")
                .setContent(RecordContent.newBuilder()
                        .setCommitment(ByteString.copyFrom(sealed.commitment().toBytes()))
                        .setCiphertextHash(
                                ByteString.copyFrom(sealed.ciphertextHash().toBytes()))
                        .setCiphertextSize(sealed.size())
                        .addAllSensitivityLabels(
                                new ScopeKey(new CustodianKeys().freshKey(), 1).sensitivityLabels(Sensitivity.N))
                        .setSealedMetadata(ByteString.copyFrom(sealed.sealedMetadata()))
                        .addDataKey(sealed.sealDataKey(
                                recordId, chain.genesis.document().getInstitutions(0)))
                        .setLabelEpoch(1))
                .build();
        byte[] envelope = KeyEnvelope.seal(
                KeyEnvelope.Use.DISCLOSED_KEY, accessId.toByteArray(), recipientKey, sealed.dataKey(), RANDOM);
        return new PayloadDownload.Disclosed(
                accessId,
                DiscloseResponse.newBuilder()
                        .setDataKey(SealedFor.newBuilder().setEnvelope(ByteString.copyFrom(envelope)))
                        .setCiphertextHash(
                                ByteString.copyFrom(sealed.ciphertextHash().toBytes()))
                        .setCiphertextSize(sealed.size())
                        .setDisclosureTxId(ByteString.copyFromUtf8(txId))
                        .setDownloadToken("token")
                        .setSealedMetadata(ByteString.copyFrom(sealed.sealedMetadata()))
                        .setRecordProof(
                                ByteString.copyFrom(chain.proof(chain.signed(body -> body.setRecordRegister(register)))
                                        .encode()))
                        .build());
    }

    private static void serve(FakeNode node, List<FetchPayloadRequest> asked, byte[] bytes) {
        node.answers.put("FetchPayload", (exchange, request) -> {
            FetchPayloadRequest fetch = FetchPayloadRequest.parseFrom(request);
            asked.add(fetch);
            reply(exchange, piece(fetch, bytes));
        });
    }

    private static FetchPayloadResponse piece(FetchPayloadRequest fetch, byte[] bytes) {
        int from = (int) fetch.getOffset();
        return FetchPayloadResponse.newBuilder()
                .setData(ByteString.copyFrom(bytes, from, Math.min(fetch.getLength(), bytes.length - from)))
                .setTotalSize(bytes.length)
                .build();
    }

    private PayloadDownload.Place place() {
        return new PayloadDownload.Place(target, Optional.of("report"));
    }

    private Path part() {
        return place().partOf(disclosed.response().getCiphertextHash()).orElseThrow();
    }

    private PayloadDownload.Content fetch() throws Exception {
        return new PayloadDownload(
                        custodian.client(),
                        () -> List.of(replica.client()),
                        new ReceiptVerifier(chain.genesis.trustRoot()))
                .fetch(disclosed, recordId, place(), done -> {});
    }

    private void assertFetched() throws Exception {
        PayloadDownload.Content fetched = fetch();
        assertThat(Files.readAllBytes(fetched.file())).isEqualTo(content);
        assertThat(fetched.metadata().mediaType()).isEqualTo("text/plain");
        Files.delete(fetched.file());
        assertNothingLeft();
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            assertThat(files).isEmpty();
        }
    }

    private void assertRefused(String code, FailureClass kind) throws IOException {
        assertThatThrownBy(this::fetch).isInstanceOfSatisfying(ClientException.class, failure -> {
            assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
            assertThat(failure.kind()).isEqualTo(kind);
        });
        assertNothingLeft();
    }

    @Test
    @DisplayName("REC-2 a download that broke goes on where it stopped, under another access too")
    void rec2_goesOn() throws Exception {
        Files.write(part(), Arrays.copyOf(ciphertext, 2_000_000));
        assertFetched();
        assertThat(asked).extracting(FetchPayloadRequest::getOffset).containsExactly(2_000_000L, 2_000_000L + PIECE);
        assertThat(asked).extracting(FetchPayloadRequest::getDownloadToken).containsOnly("token");
    }

    @Test
    @DisplayName("PRV-1 what a killed run left in clear goes with the next one; what a run under way has there stays")
    void prv1_leftInClear() throws Exception {
        Process killed = new ProcessBuilder("true").start();
        killed.waitFor();
        Path left = Files.writeString(target.resolve(".content-" + killed.pid() + "-12345.part"), "in clear");
        Path other = Files.writeString(target.resolve(".content-of-somebody.part"), "a file of the user's");
        Path living = PartFiles.create(target, "content");
        Files.delete(fetch().file());
        assertThat(left).doesNotExist();
        assertThat(living).exists();
        assertThat(other).exists();
        Files.delete(living);
        Files.delete(other);
        assertNothingLeft();
    }

    @Test
    @DisplayName("REC-2 what a node away leaves stays for the next run; a first part is mode 0600")
    void rec2_partIsKept() throws Exception {
        custodian.answers.put("FetchPayload", (exchange, request) -> {
            FetchPayloadRequest fetch = FetchPayloadRequest.parseFrom(request);
            if (fetch.getOffset() == 0) {
                reply(exchange, piece(fetch, ciphertext));
            } else {
                refuse(exchange, 504, "TIMEOUT", FailureClass.OUTCOME_UNKNOWN);
            }
        });
        replica.close();
        assertThatThrownBy(this::fetch).isInstanceOf(ClientException.class);
        assertThat(part()).hasSize(PIECE);
        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(part())))
                .isEqualTo("rw-------");
        serve(custodian, asked, ciphertext);
        assertFetched();
        assertThat(asked.get(0).getOffset()).isEqualTo(PIECE);
    }

    @Test
    @DisplayName("REC-2 a part that rotted, or is of other bytes, is thrown away with what was fetched to it")
    void rec2_rottenPart() throws Exception {
        byte[] rotten = Arrays.copyOf(ciphertext, 2_000_000);
        rotten[1_000_000] ^= 1;
        Files.write(part(), rotten);
        assertRefused("CONTENT_UNPROVEN", FailureClass.VERIFICATION_FAILED);
        Files.write(part(), new byte[ciphertext.length + 1]);
        assertFetched();
    }

    @Test
    @DisplayName("REC-2 a replica goes on by the access where the custodian's node stops, is behind or has lost it")
    void rec2_replicas() throws Exception {
        List<FakeNode.Answer> failures = List.of(
                (exchange, request) -> exchange.close(),
                (exchange, request) -> refuse(exchange, 504, "TIMEOUT", FailureClass.OUTCOME_UNKNOWN),
                (exchange, request) -> refuse(exchange, 503, "PAYLOAD_NOT_HELD", FailureClass.UNREACHABLE),
                (exchange, request) -> refuse(exchange, 500, "PAYLOAD_DAMAGED", FailureClass.VERIFICATION_FAILED),
                (exchange, request) -> refuse(exchange, 503, "NOT_CURRENT", FailureClass.UNREACHABLE));
        for (FakeNode.Answer failure : failures) {
            askedReplica.clear();
            custodian.answers.put("FetchPayload", (exchange, request) -> {
                FetchPayloadRequest fetch = FetchPayloadRequest.parseFrom(request);
                if (fetch.getOffset() == 0) {
                    reply(exchange, piece(fetch, ciphertext));
                } else {
                    failure.to(exchange, request);
                }
            });
            assertFetched();
            assertThat(askedReplica.get(0).getOffset()).isEqualTo(PIECE);
            assertThat(askedReplica)
                    .extracting(FetchPayloadRequest::getAccessId)
                    .containsOnly(accessId);
            assertThat(askedReplica)
                    .extracting(FetchPayloadRequest::getDownloadToken)
                    .containsOnly("");
        }
    }

    @Test
    @DisplayName("REC-2 with the custodian's node away a replica serves what was disclosed before, if that is on chain")
    void rec2_custodianAway() throws Exception {
        DownloadNotes notes = new DownloadNotes(work);
        Hash note = DownloadNotes.download(target.resolve("report"), List.of("me", "record"));
        notes.keep(note, disclosed);
        custodian.close();
        disclosed = notes.find(note).orElseThrow();
        assertFetched();
        assertThat(askedReplica.get(0).getOffset()).isZero();

        askedReplica.clear();
        disclosed = new PayloadDownload.Disclosed(
                accessId, disclosed.response().toBuilder().clearDisclosureTxId().build());
        assertThatThrownBy(this::fetch).isInstanceOfSatisfying(ClientException.class, away -> assertThat(away.kind())
                .isEqualTo(FailureClass.UNREACHABLE));
        assertThat(askedReplica).as("a use of the custodian's own staff").isEmpty();
    }

    @Test
    @DisplayName("REC-2 notes of downloads are private, and one that cannot be read is forgotten")
    void rec2_notes() throws Exception {
        DownloadNotes notes = new DownloadNotes(work);
        Hash note = DownloadNotes.download(target.resolve("report"), List.of("me", "record"));
        assertThat(notes.find(note)).isEmpty();
        notes.keep(note, disclosed);
        assertThat(notes.find(note)).contains(disclosed);
        assertThat(notes.find(DownloadNotes.download(target.resolve("report"), List.of("you", "record"))))
                .isEmpty();
        Path file;
        try (Stream<Path> files = Files.list(work)) {
            file = files.findFirst().orElseThrow();
        }
        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.writeString(file, "{\"format\":\"another\"}");
        assertThat(notes.find(note)).isEmpty();
        assertThat(file).doesNotExist();
        notes.keep(note, disclosed);
        notes.tidy(System.currentTimeMillis());
        assertThat(file).exists();
        notes.tidy(System.currentTimeMillis() + 25L * 60 * 60 * 1000);
        assertThat(file).doesNotExist();
    }

    @Test
    @DisplayName("PRV-2 a ciphertext that was tampered with, cut or padded is refused, and nothing of it stays")
    void prv2_tamperedCiphertext() throws Exception {
        byte[] tampered = ciphertext.clone();
        tampered[tampered.length - 1] ^= 1;
        serve(custodian, asked, tampered);
        assertRefused("CONTENT_UNPROVEN", FailureClass.VERIFICATION_FAILED);
        custodian.answers.put(
                "FetchPayload",
                (exchange, request) -> reply(
                        exchange,
                        FetchPayloadResponse.newBuilder().setTotalSize(SIZE).build()));
        assertRefused("CONTENT_UNPROVEN", FailureClass.VERIFICATION_FAILED);
        custodian.answers.put(
                "FetchPayload",
                (exchange, request) -> reply(
                        exchange,
                        FetchPayloadResponse.newBuilder()
                                .setData(ByteString.copyFrom(new byte[PIECE + 1]))
                                .build()));
        assertRefused("CONTENT_UNPROVEN", FailureClass.VERIFICATION_FAILED);
    }

    @Test
    @DisplayName("PRV-3 a key sealed to somebody else, and a key of another content, open nothing and leave nothing")
    void prv3_wrongKey() throws Exception {
        PayloadDownload.Disclosed right = disclosed;
        byte[] elsewhere = KeyEnvelope.seal(
                KeyEnvelope.Use.DISCLOSED_KEY,
                accessId.toByteArray(),
                X25519.generate(RANDOM).publicKey(),
                new byte[32],
                RANDOM);
        byte[] another = KeyEnvelope.seal(
                KeyEnvelope.Use.DISCLOSED_KEY,
                accessId.toByteArray(),
                chain.doctorEncryption.publicKey(),
                new byte[32],
                RANDOM);
        for (byte[] envelope : List.of(elsewhere, another)) {
            disclosed = new PayloadDownload.Disclosed(
                    accessId,
                    right.response().toBuilder()
                            .setDataKey(SealedFor.newBuilder().setEnvelope(ByteString.copyFrom(envelope)))
                            .build());
            assertRefused("CONTENT_UNPROVEN", FailureClass.VERIFICATION_FAILED);
        }
    }

    @Test
    @DisplayName("ACC-2 consent that ends on the way ends the download, and what came of it goes")
    void acc2_withdrawnOnTheWay() throws Exception {
        custodian.answers.put("FetchPayload", (exchange, request) -> {
            FetchPayloadRequest fetch = FetchPayloadRequest.parseFrom(request);
            if (fetch.getOffset() == 0) {
                reply(exchange, piece(fetch, ciphertext));
            } else {
                refuse(exchange, 403, "PERMIT_WITHDRAWN", FailureClass.DENIED);
            }
        });
        assertRefused("PERMIT_WITHDRAWN", FailureClass.DENIED);
        assertThat(askedReplica).isEmpty();
    }
}
