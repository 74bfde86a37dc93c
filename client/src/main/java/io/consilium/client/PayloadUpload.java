package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PrivateFile;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** Hands a ciphertext to a node piece by piece; the node says where it wants to go on (REC-2). */
public final class PayloadUpload {
    private static final int PIECE_BYTES = 1024 * 1024;
    private static final int MAX_RETRIES = 5;

    private final NodeClient client;

    public PayloadUpload(NodeClient client) {
        this.client = client;
    }

    /** Before a large payload is encrypted: refuses one of which the node would refuse the first piece (REC-2). */
    public void requireRoom(Payload payload) throws ClientException, IOException {
        long plain = payload.size();
        if (plain < UploadNotes.MIN_BYTES) {
            return;
        }
        long most = client.status().getMaxPayloadBytes();
        long encrypted = PayloadSealer.ciphertextBytes(plain);
        if (most > 0 && encrypted > most) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "PAYLOAD_TOO_LARGE",
                    "REC-2",
                    "",
                    payload.name() + " takes " + encrypted + " bytes encrypted, and the vault of "
                            + client.endpoint().uri() + " takes " + most,
                    "Split it, or have the operators raise vault.max-payload-bytes; nothing was sent");
        }
    }

    /** @param progress is told how many bytes have arrived */
    public void send(Path ciphertext, Hash hash, long size, String custodian, LongConsumer progress)
            throws ClientException {
        send(ciphertext, hash, size, custodian, ByteString.EMPTY, progress);
    }

    /** @param trialId of the trial whose data go to its sponsor, empty for an institution's own payloads */
    public void send(Path ciphertext, Hash hash, long size, String custodian, ByteString trialId, LongConsumer progress)
            throws ClientException {
        try (RandomAccessFile file = new RandomAccessFile(ciphertext.toFile(), "r")) {
            long offset = 0;
            int retries = 0;
            while (true) {
                StagePayloadResponse answer;
                try {
                    answer = client.stagePayload(piece(file, hash, size, offset)
                            .setCustodian(custodian)
                            .setTrialId(trialId)
                            .build());
                } catch (ClientException lost) {
                    if (!mayHaveArrived(lost) || ++retries > MAX_RETRIES) {
                        throw lost;
                    }
                    continue;
                }
                progress.accept(answer.getComplete() ? size : answer.getNextOffset());
                if (answer.getComplete()) {
                    return;
                }
                if (answer.getNextOffset() < 0 || answer.getNextOffset() >= size) {
                    throw misled(answer);
                }
                // A node that asks for the same piece for ever must not hold the client.
                retries = answer.getNextOffset() > offset ? 0 : retries + 1;
                if (retries > MAX_RETRIES) {
                    throw misled(answer);
                }
                offset = answer.getNextOffset();
            }
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "FILE_UNREADABLE",
                            "The encrypted payload cannot be read: " + PrivateFile.reason(failed),
                            "Check the disk and run the command again")
                    .causedBy(failed);
        }
    }

    /** The node says where it stands, so a piece may be sent twice. */
    private static boolean mayHaveArrived(ClientException failure) {
        return failure instanceof NodeClient.Unanswered || failure.kind() == FailureClass.OUTCOME_UNKNOWN;
    }

    private static StagePayloadRequest.Builder piece(RandomAccessFile file, Hash hash, long size, long offset)
            throws IOException {
        byte[] data = new byte[(int) Math.min(PIECE_BYTES, size - offset)];
        file.seek(offset);
        file.readFully(data);
        return StagePayloadRequest.newBuilder()
                .setCiphertextHash(ByteString.copyFrom(hash.toBytes()))
                .setTotalSize(size)
                .setOffset(offset)
                .setData(ByteString.copyFrom(data));
    }

    private static ClientException misled(StagePayloadResponse answer) {
        return new VerificationFailed(
                "ANSWER_MALFORMED",
                "The node asks for the payload from byte " + answer.getNextOffset() + " on, where there is nothing new",
                "Check that node and client are of one version");
    }
}
