package io.consilium.node.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.consensus.Message;
import io.consilium.consensus.VoteEcho;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.TimeoutVote;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.Propose;
import io.consilium.proto.Vote;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MessageFramesTest {
    private static final byte[] SIGNATURE = signature(7);
    private static final Hash BLOCK = Hash.sha256("block".getBytes(StandardCharsets.UTF_8));
    private static final Hash CHAIN = Hash.sha256("chain".getBytes(StandardCharsets.UTF_8));
    private static final QuorumCertificate PREPARED = certificate(VoteType.PREPARE, 5, 1);
    private static final QuorumCertificate DECIDED = certificate(VoteType.COMMIT, 4, 0);
    private static final TimeoutCertificate TIMED_OUT = new TimeoutCertificate(
            5,
            1,
            List.of(
                    new TimeoutVote(0, 1, SIGNATURE),
                    new TimeoutVote(1, -1, SIGNATURE),
                    new TimeoutVote(3, 0, SIGNATURE)),
            Optional.of(PREPARED));

    @Test
    void everyMessageSurvivesTheWire() throws Exception {
        BlockHeader header = new BlockHeader(
                BlockHeader.VERSION,
                CHAIN,
                5,
                DECIDED.blockHash(),
                Optional.of(DECIDED),
                BLOCK,
                BLOCK,
                BLOCK,
                BLOCK,
                BLOCK,
                1_700_000_000_000L,
                2);
        for (Message message : List.of(
                new Message.Propose(
                        5, 0, header, Optional.of(new byte[] {1, 2}), List.of(), Optional.empty(), SIGNATURE),
                new Message.Propose(
                        5, 2, header, Optional.empty(), List.of(BLOCK, CHAIN), Optional.of(TIMED_OUT), SIGNATURE),
                new Message.Propose(5, 0, header, Optional.of(new byte[0]), List.of(), Optional.empty(), SIGNATURE),
                new Message.Vote(VoteType.COMMIT, 5, 3, BLOCK, SIGNATURE, 2),
                new Message.Timeout(5, 1, 1, Optional.of(PREPARED), Optional.empty(), SIGNATURE, 0),
                new Message.Timeout(5, 2, -1, Optional.empty(), Optional.of(TIMED_OUT), SIGNATURE, 0),
                new Message.Status(
                        4,
                        Optional.of(DECIDED),
                        Optional.of(TIMED_OUT),
                        Optional.of(PREPARED),
                        Optional.of(new VoteEcho(VoteType.TIMEOUT, 5, 1, Hash.ZERO, -1, SIGNATURE)),
                        true,
                        true),
                new Message.Status(
                        0, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false, false),
                new Message.CertificateNotice(Optional.of(DECIDED), Optional.of(TIMED_OUT)),
                new Message.ObserverQuery(new byte[16]),
                new Message.ObserverAnswer(new byte[16], Optional.of(DECIDED), false))) {
            PeerFrame frame = MessageFrames.frame(message);
            Message back = MessageFrames.message(PeerFrame.parseFrom(frame.toByteArray()))
                    .orElseThrow();
            assertThat(back).usingRecursiveComparison().isEqualTo(message);
        }
    }

    @Test
    void refusesWhatNoHonestPeerSends() {
        Vote.Builder vote = Vote.newBuilder()
                .setType(2)
                .setHeight(1)
                .setBlockHash(bytes(32))
                .setSignature(bytes(64));
        assertMalformed(PeerFrame.newBuilder().setVote(vote.clone().setType(9)));
        assertMalformed(PeerFrame.newBuilder().setVote(vote.clone().setType(1)));
        assertMalformed(PeerFrame.newBuilder().setVote(vote.clone().setHeight(0)));
        assertMalformed(PeerFrame.newBuilder().setVote(vote.clone().setRound(-1)));
        assertMalformed(PeerFrame.newBuilder().setVote(vote.clone().setSigner(-1)));
        assertMalformed(PeerFrame.newBuilder().setVote(vote.clone().setSigner(128)));
        assertMalformed(PeerFrame.newBuilder().setVote(vote.clone().setSignature(bytes(63))));
        assertMalformed(PeerFrame.newBuilder().setVote(vote.clone().setBlockHash(bytes(31))));
        assertMalformed(PeerFrame.newBuilder()
                .setPropose(Propose.newBuilder().setInline(true).addTransactionHashes(bytes(32))));
        assertMalformed(PeerFrame.newBuilder().setPropose(Propose.newBuilder().setBody(bytes(3))));
        assertMalformed(PeerFrame.newBuilder()
                .setObserverQuery(io.consilium.proto.ObserverQuery.newBuilder().setNonce(bytes(15))));
    }

    @Property(tries = 500)
    void arbitraryBytesAreReadOrRefusedAndNothingElse(@ForAll @Size(max = 400) byte[] bytes, @ForAll byte kind) {
        PeerFrame.Builder frame = PeerFrame.newBuilder();
        ByteString content = ByteString.copyFrom(bytes);
        switch (Math.floorMod(kind, 4)) {
            case 0 -> frame.getProposeBuilder().setHeight(1).setHeader(content).setSignature(bytes(64));
            case 1 ->
                frame.getTimeoutBuilder().setHeight(1).setHighestQc(content).setSignature(bytes(64));
            case 2 -> frame.getStatusBuilder().setHighestTc(content);
            default -> frame.getCertificateNoticeBuilder().setQuorumCertificate(content);
        }
        try {
            MessageFrames.message(frame.build());
        } catch (MalformedException refused) {
            assertThat(refused).hasMessageNotContaining("null");
        }
    }

    private static void assertMalformed(PeerFrame.Builder frame) {
        assertThatThrownBy(() -> MessageFrames.message(frame.build())).isInstanceOf(MalformedException.class);
    }

    private static ByteString bytes(int length) {
        return ByteString.copyFrom(new byte[length]);
    }

    private static byte[] signature(int fill) {
        byte[] bytes = new byte[64];
        java.util.Arrays.fill(bytes, (byte) fill);
        return bytes;
    }

    private static QuorumCertificate certificate(VoteType type, long height, int round) {
        return new QuorumCertificate(
                type, height, round, BLOCK, List.of(0, 1, 3), List.of(SIGNATURE, SIGNATURE, SIGNATURE));
    }
}
