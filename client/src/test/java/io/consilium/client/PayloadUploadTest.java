package io.consilium.client;

import static io.consilium.client.FakeNode.refuse;
import static io.consilium.client.FakeNode.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.StatusResponse;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadUploadTest {
    private static final int SIZE = 3_500_000;

    @TempDir
    Path directory;

    private final byte[] payload = new byte[SIZE];
    private final ByteArrayOutputStream staged = new ByteArrayOutputStream();
    private final List<Long> offsets = new ArrayList<>();
    private FakeNode node;
    private Path file;

    @BeforeEach
    void start() throws Exception {
        new Random(1).nextBytes(payload);
        file = Files.write(directory.resolve("payload.sealed"), payload);
        node = new FakeNode(TestChain.create());
        node.answers.put("StagePayload", (exchange, bytes) -> reply(exchange, take(bytes)));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    /** Stages as a vault does: only what follows on what is there. */
    private StagePayloadResponse take(byte[] bytes) throws java.io.IOException {
        StagePayloadRequest piece = StagePayloadRequest.parseFrom(bytes);
        offsets.add(piece.getOffset());
        assertThat(piece.getTotalSize()).isEqualTo(SIZE);
        if (piece.getOffset() == staged.size()) {
            piece.getData().writeTo(staged);
        }
        return StagePayloadResponse.newBuilder()
                .setNextOffset(staged.size())
                .setComplete(staged.size() == SIZE)
                .build();
    }

    private void send() throws ClientException {
        new PayloadUpload(node.client()).send(file, Hash.sha256(payload), SIZE, "a-clinic", done -> {});
    }

    @Test
    @DisplayName("REC-2 what the node's vault does not take is refused before it is encrypted")
    void rec2_tooLarge() throws Exception {
        byte[] content = new byte[(int) UploadNotes.MIN_BYTES];
        long encrypted;
        try (SealedPayload sealed = new PayloadSealer()
                .seal(Payload.of(content), "application/octet-stream", Optional.empty(), directory)) {
            encrypted = sealed.size();
        }
        long[] most = {encrypted};
        node.answers.put(
                "Status",
                (exchange, bytes) -> reply(
                        exchange,
                        StatusResponse.newBuilder().setMaxPayloadBytes(most[0]).build()));
        PayloadUpload upload = new PayloadUpload(node.client());
        upload.requireRoom(Payload.of(content));
        most[0]--;
        assertThatThrownBy(() -> upload.requireRoom(Payload.of(content)))
                .isInstanceOfSatisfying(ClientException.class, refused -> {
                    assertThat(refused.kind()).isEqualTo(FailureClass.REFUSED);
                    assertThat(refused.code()).isEqualTo("PAYLOAD_TOO_LARGE");
                    assertThat(refused.getMessage()).contains(encrypted + " bytes encrypted", "takes " + most[0]);
                    assertThat(refused.hint()).contains("vault.max-payload-bytes");
                });
        most[0] = 0; // an older node says nothing of it
        upload.requireRoom(Payload.of(content));
    }

    @Test
    @DisplayName("REC-2 an upload goes on where the node stands, and sends nothing else again")
    void rec2_goesOnWhereTheNodeStands() throws Exception {
        staged.write(payload, 0, 2_000_000);
        send();
        assertThat(staged.toByteArray()).isEqualTo(payload);
        assertThat(offsets).containsExactly(0L, 2_000_000L, 3_048_576L);
    }

    @Test
    @DisplayName("REC-2 a lost answer and one that came too late are asked for again, a few times")
    void rec2_lostAnswers() throws Exception {
        int[] asked = {0};
        node.answers.put("StagePayload", (exchange, bytes) -> {
            StagePayloadResponse answer = take(bytes);
            switch (asked[0]++ % 3) {
                case 0 -> exchange.close();
                case 1 -> refuse(exchange, 504, "TIMEOUT", FailureClass.OUTCOME_UNKNOWN);
                default -> reply(exchange, answer);
            }
        });
        send();
        assertThat(staged.toByteArray()).isEqualTo(payload);

        node.answers.put("StagePayload", (exchange, bytes) -> {
            asked[0]++;
            refuse(exchange, 504, "TIMEOUT", FailureClass.OUTCOME_UNKNOWN);
        });
        asked[0] = 0;
        assertThatThrownBy(this::send).isInstanceOfSatisfying(NodeRefusal.class, late -> assertThat(late.code())
                .isEqualTo("TIMEOUT"));
        assertThat(asked[0]).isEqualTo(6);
    }

    @Test
    @DisplayName("REC-2 a refusal is not asked for again, and a node that turns in circles is left")
    void rec2_refusals() {
        int[] asked = {0};
        node.answers.put("StagePayload", (exchange, bytes) -> {
            asked[0]++;
            refuse(exchange, 503, "VAULT_FULL", FailureClass.UNREACHABLE);
        });
        assertThatThrownBy(this::send).isInstanceOfSatisfying(NodeRefusal.class, full -> assertThat(full.code())
                .isEqualTo("VAULT_FULL"));
        assertThat(asked[0]).isEqualTo(1);
        for (long next : new long[] {0, SIZE, -1}) {
            node.answers.put(
                    "StagePayload",
                    (exchange, bytes) -> reply(
                            exchange,
                            StagePayloadResponse.newBuilder()
                                    .setNextOffset(next)
                                    .build()));
            assertThatThrownBy(this::send)
                    .isInstanceOfSatisfying(VerificationFailed.class, misled -> assertThat(misled.code())
                            .isEqualTo("ANSWER_MALFORMED"));
        }
    }

    @Test
    @DisplayName("REC-2 a ciphertext that was cut short on this disk is not sent")
    void rec2_truncatedFile() throws Exception {
        Files.write(file, java.util.Arrays.copyOf(payload, SIZE - 1));
        assertThatThrownBy(this::send).isInstanceOfSatisfying(ClientException.class, cut -> assertThat(cut.code())
                .isEqualTo("FILE_UNREADABLE"));
        assertThat(staged.size()).isLessThan(SIZE);
    }
}
