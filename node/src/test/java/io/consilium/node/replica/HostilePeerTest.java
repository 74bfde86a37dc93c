package io.consilium.node.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.consensus.Effect;
import io.consilium.consensus.ValidatorSets;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Verifier;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.TestTransactions;
import io.consilium.proto.BlockBody;
import io.consilium.proto.BlocksReply;
import io.consilium.proto.BodyReply;
import io.consilium.proto.DecidedBlock;
import io.consilium.proto.FetchTransactions;
import io.consilium.proto.PeerFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a peer sends that is almost right, and what must not stay of it. */
class HostilePeerTest {
    private static final Hash CHAIN = Hash.sha256(new byte[] {7});
    private static final ValidatorSet SET = new ValidatorSet(
            0,
            List.of(
                    new Validator("a", key(0)), new Validator("b", key(1)),
                    new Validator("c", key(2)), new Validator("d", key(3))));
    private static final Verifier STAMPS = (key, message, signature) -> Arrays.equals(stamp(key, message), signature);

    private static PublicKey key(int number) {
        return PublicKey.ed25519(Hash.sha256(new byte[] {1, (byte) number}).toBytes());
    }

    private static byte[] stamp(PublicKey key, byte[] message) {
        return Arrays.copyOf(Hash.sha256(key.bytes(), message).toBytes(), 64);
    }

    private static QuorumCertificate commitQc(long height, Hash block, List<Integer> signers) {
        byte[] message = VoteBytes.of(CHAIN, SET, VoteType.COMMIT, height, 0, block);
        return new QuorumCertificate(
                VoteType.COMMIT,
                height,
                0,
                block,
                signers,
                signers.stream()
                        .map(signer -> stamp(SET.get(signer).key(), message))
                        .toList());
    }

    private static List<BlockHeader> chain(int length) {
        List<BlockHeader> headers = new ArrayList<>();
        Hash parent = CHAIN;
        for (int height = 1; height <= length; height++) {
            Optional<QuorumCertificate> parentQc =
                    height == 1 ? Optional.empty() : Optional.of(commitQc(height - 1L, parent, List.of(0, 1, 2)));
            BlockHeader header = new BlockHeader(
                    BlockHeader.VERSION,
                    CHAIN,
                    height,
                    parent,
                    parentQc,
                    MerkleTree.root(List.of()),
                    Hash.ZERO,
                    Hash.ZERO,
                    SET.hash(),
                    SET.hash(),
                    height,
                    0);
            headers.add(header);
            parent = header.hash();
        }
        return headers;
    }

    @Test
    @DisplayName("BFT-17 of a stretch that one certificate makes certain, no certificate is kept that was not verified")
    void aFalseCertificateInsideAStretchIsNotKept() throws MalformedException {
        List<PeerFrame> asked = new ArrayList<>();
        BlockSync sync = new BlockSync(CHAIN, STAMPS, (peer, frame) -> asked.add(frame));
        List<BlockHeader> headers = chain(3);
        sync.aim("liar", 3, true, 0, 1_000);
        BlocksReply.Builder reply = BlocksReply.newBuilder()
                .setRequest(asked.get(0).getFetchBlocks().getRequest());
        for (BlockHeader header : headers) {
            boolean last = header.height() == 3;
            QuorumCertificate sent = last
                    ? commitQc(3, header.hash(), List.of(1, 2, 3))
                    : commitQc(700 + header.height(), Hash.ZERO, List.of(0));
            reply.addBlocks(DecidedBlock.newBuilder()
                    .setHeader(ByteString.copyFrom(header.encode()))
                    .setCommitQc(ByteString.copyFrom(sent.encode())));
        }
        sync.receive("liar", reply.build(), 0, 1_001);

        Hash tip = CHAIN;
        for (BlockHeader header : headers) {
            BlockSync.Next next = sync.next(header.height() - 1, tip, ValidatorSets.unchanged(SET), 1_002);
            assertThat(next).isInstanceOf(BlockSync.Next.Certain.class);
            SyncedBlock block = ((BlockSync.Next.Certain) next).block();
            assertThat(block.hash()).isEqualTo(header.hash());
            assertThat(block.certificateNamesIt()).isTrue();
            assertThat(block.commitQc().verify(CHAIN, SET, STAMPS)).isTrue();
            tip = block.hash();
            sync.advanced(header.height(), 1_003);
        }
    }

    @Test
    @DisplayName("BFT-13 a body that is not the header's does not end the search for the right one")
    void aWrongBodyLeavesTheWishStanding() throws MalformedException {
        BodyFetcher bodies = new BodyFetcher(leaf -> Optional.empty(), (peer, frame) -> {});
        BlockHeader header = chain(1).get(0);
        bodies.fetch(new Effect.FetchBody(header.hash(), Optional.empty(), List.of(), List.of()), List.of("liar"));
        byte[] wrong = BlockBody.newBuilder()
                .addTransactions(ByteString.copyFromUtf8("x"))
                .build()
                .toByteArray();
        assertThat(bodies.offer(reply(header, wrong))).isEmpty();
        assertThat(bodies.offer(reply(header, new byte[] {-1, -1}))).isEmpty();
        assertThat(bodies.offer(reply(header, new byte[0]))).isPresent();
    }

    private static BodyReply reply(BlockHeader header, byte[] body) {
        return BodyReply.newBuilder()
                .setFound(true)
                .setBlockHash(ByteString.copyFrom(header.hash().toBytes()))
                .setHeader(ByteString.copyFrom(header.encode()))
                .setBody(ByteString.copyFrom(body))
                .build();
    }

    @Test
    @DisplayName("BFT-9 a transaction that no block may hold yet is decided when one may")
    void waitsForTheTimeOfATransaction() {
        VirtualCluster cluster = new VirtualCluster(1);
        VirtualCluster.Machine machine = cluster.machine(0);
        ParsedTransaction early = cluster.chain.noop(0, 1, cluster.now() + 605_000);
        machine.submit(early);
        cluster.pass(3_000);
        assertThat(machine.store.tipHeight()).isZero();
        cluster.until(10_000, () -> machine.has(early));
    }

    @Test
    @DisplayName("BFT-9 what no block may hold for long is not taken from a peer, and makes no rounds")
    void takesNoTransactionOfTheFarFuture() {
        VirtualCluster cluster = new VirtualCluster(4);
        ParsedTransaction never = cluster.chain.noop(1, 1, cluster.now() + 10_000_000_000L);
        cluster.machine(1).submit(never); // a faulty node that skips the check of its own door
        cluster.pass(30_000);
        for (int honest : List.of(0, 2, 3)) {
            assertThat(cluster.machine(honest).replica.view().pendingTransactions())
                    .isZero();
        }
    }

    @Test
    @DisplayName("TX-6 what strangers signed is not taken from a peer")
    void takesNoTransactionOfStrangers() {
        VirtualCluster cluster = new VirtualCluster(4);
        ParsedTransaction stranger = TestTransactions.noop(
                cluster.chain.genesis().chainId(), "x17/y", TestTransactions.key(9_999), cluster.now() + 300_000, 1);
        ParsedTransaction otherKey = TestTransactions.noop(
                cluster.chain.genesis().chainId(), "h1/admin", TestTransactions.key(9_999), cluster.now() + 300_000, 2);
        ParsedTransaction known = cluster.machine(1).noop(3);
        VirtualCluster.Machine honest = cluster.machine(0);
        honest.step(new ReplicaEvent.TransactionsReceived("h1", List.of(stranger, otherKey, known), cluster.now()));
        assertThat(honest.replica.isPending(stranger.txId())).isFalse();
        assertThat(honest.replica.isPending(otherKey.txId())).isFalse();
        assertThat(honest.replica.isPending(known.txId())).isTrue();
    }

    @Test
    @DisplayName("BFT-9 what no block may hold yet makes no rounds on an idle chain, and is decided when one may")
    void makesNoRoundsBeforeTheTimeOfATransaction() {
        VirtualCluster cluster = new VirtualCluster(4);
        ParsedTransaction early = cluster.chain.noop(1, 1, cluster.now() + 630_000);
        for (int honest : List.of(0, 2, 3)) {
            cluster.machine(honest).step(new ReplicaEvent.TransactionsReceived("h1", List.of(early), cluster.now()));
        }
        cluster.pass(25_000);
        for (int honest : List.of(0, 2, 3)) {
            assertThat(cluster.machine(honest).sent).doesNotContainKey("TIMEOUT");
            assertThat(cluster.machine(honest).replica.isPending(early.txId())).isTrue();
        }
        cluster.until(20_000, () -> cluster.machine(0).has(early));
    }

    @Test
    @DisplayName("BFT-13 one request is answered with one block's transactions at most, and names none of them twice")
    void answersARequestWithABoundedAmount() throws MalformedException {
        List<ParsedTransaction> pending = new ArrayList<>();
        FetchTransactions.Builder all = FetchTransactions.newBuilder();
        for (int i = 0; i < 20; i++) {
            pending.add(TestTransactions.noop(CHAIN, "a/b", TestTransactions.key(1), 1_000, i));
            all.addHashes(MessageFrames.bytes(pending.get(i).leafHash()));
        }
        int one = pending.get(0).size();
        List<PeerFrame> answer = PeerRequests.transactions(all.build(), 5 * one, leaf -> pending.stream()
                .filter(transaction -> transaction.leafHash().equals(leaf))
                .findFirst());
        assertThat(answer).singleElement().satisfies(frame -> assertThat(
                        frame.getFetchedTransactions().getTransactionsCount())
                .isEqualTo(5));
        FetchTransactions twice = all.addHashes(all.getHashes(0)).build();
        assertThatThrownBy(() -> PeerRequests.transactions(twice, 1 << 20, leaf -> Optional.empty()))
                .isInstanceOf(MalformedException.class);
    }
}
