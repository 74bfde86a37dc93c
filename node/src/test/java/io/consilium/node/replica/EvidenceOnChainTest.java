package io.consilium.node.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.consensus.Message;
import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.evidence.EvidenceRules;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.Admission;
import io.consilium.node.BackgroundWork;
import io.consilium.node.CommittedBlock;
import io.consilium.node.CommittedTransaction;
import io.consilium.node.NodeGateway;
import io.consilium.node.NodeStatus;
import io.consilium.node.PayloadForward;
import io.consilium.node.process.EvidenceSubmission;
import io.consilium.node.vault.InstitutionTransactions;
import io.consilium.storage.HeldEvidence;
import io.consilium.storage.Snapshot;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("BFT-19 evidence from a lying validator to the chain")
class EvidenceOnChainTest {
    private static final int LIAR = 3;
    private static final long TURN = EvidenceSubmission.TURN_MILLIS;

    private final VirtualCluster cluster = new VirtualCluster(4);
    private final ValidatorSet set = cluster.chain.genesis().validators();
    private final List<Submitter> submitters = new ArrayList<>();

    EvidenceOnChainTest() {
        cluster.machines.forEach(machine -> submitters.add(new Submitter(machine)));
    }

    /** What a node's housekeeping does, on virtual time. */
    private final class Submitter implements NodeGateway {
        private final VirtualCluster.Machine machine;
        private EvidenceSubmission submission;
        private int submitted;

        Submitter(VirtualCluster.Machine machine) {
            this.machine = machine;
            this.submission = start();
        }

        private EvidenceSubmission start() {
            return new EvidenceSubmission(
                    this,
                    machine.store,
                    new InstitutionTransactions(
                            this,
                            cluster.chain.signing(machine.index).signer(),
                            new SecureRandom(),
                            60_000,
                            Runnable::run));
        }

        /** A new process: what it remembered of its attempts is gone. */
        void restart() {
            submission = start();
        }

        void tick() {
            submission.tick();
        }

        @Override
        public CompletableFuture<List<Admission>> submit(List<ParsedTransaction> transactions) {
            submitted += transactions.size();
            int before = machine.admissions.size();
            machine.submit(transactions.toArray(ParsedTransaction[]::new));
            return CompletableFuture.completedFuture(
                    List.copyOf(machine.admissions.subList(before, machine.admissions.size())));
        }

        @Override
        public Hash chainId() {
            return cluster.chain.genesis().chainId();
        }

        @Override
        public String institution() {
            return machine.name;
        }

        @Override
        public long nowMillis() {
            return cluster.now();
        }

        @Override
        public CompletableFuture<CommittedTransaction> committed(Hash txId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Snapshot snapshot() {
            throw new UnsupportedOperationException();
        }

        @Override
        public NodeStatus status() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long height() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isPending(Hash txId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onCommitted(Consumer<CommittedBlock> listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public BackgroundWork background(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<PayloadForward> forwardPayload(String institution, Hash ciphertextHash) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<PayloadForward> fetchPayload(String institution, Hash ciphertextHash) {
            throw new UnsupportedOperationException();
        }
    }

    private Message.Vote prepare(int signer, int round, String block) {
        Hash hash = Hash.sha256(block.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        byte[] message = VoteBytes.of(cluster.chain.genesis().chainId(), set, VoteType.PREPARE, 1, round, hash);
        return new Message.Vote(
                VoteType.PREPARE,
                1,
                round,
                hash,
                cluster.chain.validator(signer).signer().sign(message),
                signer);
    }

    /** The liar shows every other validator two PREPAREs of one round. */
    private void lie() {
        for (int i = 0; i < LIAR; i++) {
            for (String block : List.of("one", "two")) {
                cluster.machine(i)
                        .step(new ReplicaEvent.PeerMessage(
                                cluster.machine(LIAR).name,
                                MessageFrames.frame(prepare(LIAR, 0, block)),
                                cluster.now()));
            }
        }
    }

    private LedgerState state(VirtualCluster.Machine machine) {
        return new LedgerState(machine.store.latest());
    }

    private void turn() {
        cluster.pass(TURN);
        submitters.stream().filter(submitter -> submitter.machine.up).forEach(Submitter::tick);
    }

    private String liar() {
        return cluster.machine(LIAR).name;
    }

    @Test
    @DisplayName("BFT-19 each node that saw both messages holds one proof, and an honest validator's nobody")
    void bft19_nodesHoldTheProof() {
        cluster.pass(5_000);
        lie();
        lie();
        for (int i = 0; i < LIAR; i++) {
            List<HeldEvidence> held = cluster.machine(i).store.evidence();
            assertThat(held).hasSize(1);
            assertThat(held.get(0).culprit()).isEqualTo(liar());
            assertThat(held.get(0).evidence().kind()).isEqualTo(Evidence.Kind.PREPARE);
        }
        assertThat(cluster.machine(LIAR).store.evidence()).isEmpty();
        cluster.machine(1).crash();
        cluster.machine(1).restart();
        assertThat(cluster.machine(1).store.evidence()).as("after a restart").hasSize(1);
    }

    @Test
    @DisplayName("BFT-19 BFT-9 one node brings it on chain, all let go of theirs, and the chain is idle again")
    void bft19_oneNodeBringsItOnChain() {
        cluster.pass(5_000);
        lie();
        for (int i = 0; i < 20; i++) {
            turn();
        }
        cluster.assertAgreement();
        assertThat(cluster.machines).allSatisfy(machine -> {
            assertThat(state(machine).evidenceCount(liar(), 0)).isEqualTo(1);
            assertThat(machine.store.evidence()).isEmpty();
            assertThat(machine.store.tipHeight()).isEqualTo(1);
        });
        assertThat(submitters).extracting(submitter -> submitter.submitted).satisfies(counts -> assertThat(
                        counts.stream().mapToInt(count -> count).sum())
                .isEqualTo(1));
        lie(); // the same messages once more, after the fact is known
        for (int i = 0; i < 20; i++) {
            turn();
        }
        assertThat(cluster.machines)
                .allSatisfy(machine -> assertThat(machine.store.tipHeight()).isEqualTo(1));
    }

    @Test
    @DisplayName("BFT-19 BFT-9 nodes that all submit at once, and again after each restart, make no endless blocks")
    void bft19_noEndlessBlocks() {
        cluster.pass(5_000);
        lie();
        cluster.pass(10 * TURN); // everybody's turn has come
        for (int i = 0; i < 20; i++) {
            submitters.forEach(Submitter::tick);
            submitters.forEach(Submitter::restart);
            cluster.pass(10 * TURN);
        }
        long height = cluster.machine(0).store.tipHeight();
        assertThat(height).isBetween(1L, 4L);
        for (int i = 0; i < 100; i++) {
            turn();
        }
        assertThat(cluster.machines)
                .allSatisfy(machine -> assertThat(machine.store.tipHeight()).isEqualTo(height));
        assertThat(submitters)
                .allSatisfy(submitter -> assertThat(submitter.submitted).isLessThanOrEqualTo(1));
    }

    @Test
    @DisplayName("BFT-19 BFT-9 a proof that the chain refuses is sent once and no more")
    void bft19_aRefusedProofIsSentOnce() {
        cluster.pass(5_000);
        byte[] signature = new byte[64];
        HeldEvidence worthless = new HeldEvidence(
                liar(),
                new Evidence.Equivocation(VoteType.COMMIT, 0, 1, 0, LIAR, Hash.ZERO, signature, set.hash(), signature));
        cluster.machine(0).store.keepEvidence(worthless);
        for (int i = 0; i < 200; i++) {
            turn();
        }
        assertThat(submitters.get(0).submitted).isEqualTo(1);
        assertThat(cluster.machine(0).store.tipHeight()).isEqualTo(1);
        assertThat(state(cluster.machine(0)).evidenceCount(liar(), 0)).isZero();
    }

    @Test
    @DisplayName("BFT-19 a validator that lies in every round fills neither stores nor chain")
    void bft19_endlessLiesAreBounded() {
        cluster.pass(5_000);
        for (int round = 0; round < 3 * EvidenceRules.MAX_PROOFS; round++) {
            for (int i = 0; i < LIAR; i++) {
                Evidence evidence = new Evidence.Equivocation(
                        VoteType.PREPARE,
                        0,
                        1,
                        round,
                        LIAR,
                        prepare(LIAR, round, "one").blockHash(),
                        prepare(LIAR, round, "one").signature(),
                        prepare(LIAR, round, "two").blockHash(),
                        prepare(LIAR, round, "two").signature());
                EvidenceKeeping.keep(
                        cluster.machine(i).store, io.consilium.consensus.ValidatorSets.unchanged(set), evidence);
            }
            turn();
        }
        for (int i = 0; i < 20; i++) {
            turn();
        }
        long height = cluster.machine(0).store.tipHeight();
        assertThat(state(cluster.machine(0)).evidenceCount(liar(), 0)).isEqualTo(EvidenceRules.MAX_PROOFS);
        for (int i = 0; i < 50; i++) {
            turn();
        }
        assertThat(cluster.machines).allSatisfy(machine -> {
            assertThat(machine.store.evidence()).isEmpty();
            assertThat(machine.store.tipHeight()).isEqualTo(height);
        });
    }
}
