package io.consilium.bench.simulator;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.Signer;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.proto.CertificateNotice;
import io.consilium.proto.DecidedBlock;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.Propose;
import io.consilium.proto.Status;
import io.consilium.proto.Timeout;
import io.consilium.proto.TransactionBatch;
import io.consilium.proto.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Byzantine validator: an ordinary node that also signs whatever it hears of, offers two blocks for one round, reports
 * less than it knows, sends old messages again, lies about its height, and keeps things from some.
 */
final class Traitor implements SimulatedNetwork.Receiver {
    private static final int MAX_HEARD = 64;
    private static final int ACT_PERCENT = 6;
    private static final int WITHHOLD_PERCENT = 15;
    private static final int TAMPER_PERCENT = 60;
    private static final long FALSE_HEIGHT = 1_000;

    private final World world;
    private final SimulatedNode node;
    private final Chance chance;
    private final Signer signer;
    private final List<Offer> offers = new ArrayList<>();
    private final List<PeerFrame> frames = new ArrayList<>();

    private record Offer(long height, int round, Hash block) {}

    Traitor(World world, SimulatedNode node, Chance chance) {
        this.world = world;
        this.node = node;
        this.chance = chance;
        this.signer = world.cluster().validatorSigner(node.cast().validator());
    }

    SimulatedNode node() {
        return node;
    }

    @Override
    public void connected(int peer) {
        node.connected(peer);
    }

    @Override
    public void disconnected(int peer) {
        node.disconnected(peer);
    }

    @Override
    public void receive(int from, PeerFrame frame) {
        node.receive(from, frame);
        if (node.running()) {
            hear(frame);
            if (chance.percent(ACT_PERCENT)) {
                act();
            }
        }
    }

    /** Whether this frame of its own is kept from one receiver: partial proposals, withheld bodies. */
    boolean withholds(PeerFrame frame) {
        return switch (frame.getFrameCase()) {
            case PROPOSE, BODY, TRANSACTIONS, BLOCKS, VOTE -> chance.percent(WITHHOLD_PERCENT);
            default -> false;
        };
    }

    /** What it tells about blocks is sometimes false: one byte of a body, of a header or of a certificate is another. */
    PeerFrame tampered(PeerFrame frame) {
        if (frame.hasBody() && !frame.getBody().getBody().isEmpty() && chance.percent(TAMPER_PERCENT)) {
            return PeerFrame.newBuilder()
                    .setBody(frame.getBody().toBuilder()
                            .setBody(flipped(frame.getBody().getBody())))
                    .build();
        }
        if (frame.hasBlocks() && frame.getBlocks().getBlocksCount() > 0 && chance.percent(TAMPER_PERCENT)) {
            int index = chance.below(frame.getBlocks().getBlocksCount());
            DecidedBlock block = frame.getBlocks().getBlocks(index);
            DecidedBlock.Builder altered = block.toBuilder();
            switch (chance.below(4)) {
                case 0 -> altered.setBody(flipped(block.getBody()));
                case 1 -> altered.setHeader(flipped(block.getHeader()));
                case 2 -> otherBlock(block, altered);
                default -> altered.setCommitQc(flipped(block.getCommitQc()));
            }
            return PeerFrame.newBuilder()
                    .setBlocks(frame.getBlocks().toBuilder().setBlocks(index, altered))
                    .build();
        }
        return frame;
    }

    private ByteString flipped(ByteString bytes) {
        byte[] copy = bytes.toByteArray();
        if (copy.length > 0) {
            copy[chance.below(copy.length)] ^= (byte) (1 << chance.below(8));
        }
        return ByteString.copyFrom(copy);
    }

    /** A block that might have been, with a certificate that only this validator signed. */
    private void otherBlock(DecidedBlock block, DecidedBlock.Builder altered) {
        BlockHeader other = later(header(block.getHeader()));
        altered.setHeader(ByteString.copyFrom(other.encode()))
                .setCommitQc(ByteString.copyFrom(
                        forged(VoteType.COMMIT, other.height(), 0, other.hash()).encode()));
    }

    /** A second block for the same round, if this frame is the traitor's own offer. */
    Optional<PeerFrame> equivocal(PeerFrame frame) {
        if (!frame.hasPropose() || !chance.percent(50)) {
            return Optional.empty();
        }
        Propose own = frame.getPropose();
        BlockHeader other = later(header(own.getHeader()));
        byte[] signature = sign(VoteType.PROPOSE, own.getHeight(), own.getRound(), other.hash());
        return Optional.of(PeerFrame.newBuilder()
                .setPropose(own.toBuilder()
                        .setHeader(ByteString.copyFrom(other.encode()))
                        .setSignature(ByteString.copyFrom(signature)))
                .build());
    }

    /** The same block a millisecond later. */
    private static BlockHeader later(BlockHeader header) {
        return new BlockHeader(
                header.version(),
                header.chainId(),
                header.height(),
                header.parentHash(),
                header.parentQc(),
                header.transactionsRoot(),
                header.stateRoot(),
                header.receiptsRoot(),
                header.validatorSetHash(),
                header.nextValidatorSetHash(),
                header.timestampMillis() + 1,
                header.proposer());
    }

    private static BlockHeader header(ByteString encoded) {
        try {
            return BlockHeader.decode(encoded.toByteArray());
        } catch (MalformedException malformed) {
            throw new IllegalStateException("a traitor's own header does not decode", malformed);
        }
    }

    private void hear(PeerFrame frame) {
        switch (frame.getFrameCase()) {
            case PROPOSE -> {
                Propose propose = frame.getPropose();
                try {
                    Hash block = BlockHeader.decode(propose.getHeader().toByteArray())
                            .hash();
                    keep(offers, new Offer(propose.getHeight(), propose.getRound(), block));
                } catch (MalformedException malformed) {
                    return; // another traitor's
                }
                keep(frames, frame);
            }
            case VOTE -> {
                Vote vote = frame.getVote();
                keep(
                        offers,
                        new Offer(
                                vote.getHeight(),
                                vote.getRound(),
                                Hash.of(vote.getBlockHash().toByteArray())));
            }
            case TIMEOUT, STATUS, CERTIFICATE_NOTICE, BODY, BLOCKS, TRANSACTIONS -> keep(frames, frame);
            default -> {}
        }
    }

    private <T> void keep(List<T> heard, T item) {
        if (heard.size() < MAX_HEARD) {
            heard.add(item);
        } else {
            heard.set(chance.below(MAX_HEARD), item);
        }
    }

    private void act() {
        switch (chance.below(8)) {
            case 0, 1 -> voteForAll();
            case 2 -> underReport();
            case 3 -> replay();
            case 4 -> lieAboutHeight();
            case 5 -> forgeCertificate();
            case 6 -> forgeTransaction();
            default -> voteForNothing();
        }
    }

    private void voteForAll() {
        if (!offers.isEmpty()) {
            Offer offer = chance.pick(offers);
            send(vote(VoteType.PREPARE, offer.height(), offer.round(), offer.block()));
            send(vote(VoteType.COMMIT, offer.height(), offer.round(), offer.block()));
        }
    }

    /** A block that nobody offered. */
    private void voteForNothing() {
        if (!offers.isEmpty()) {
            Offer offer = chance.pick(offers);
            Hash nothing = Hash.sha256(chance.bytes(8));
            send(vote(
                    chance.percent(50) ? VoteType.PREPARE : VoteType.COMMIT,
                    offer.height(),
                    offer.round() + chance.below(3),
                    nothing));
        }
    }

    private void underReport() {
        if (!offers.isEmpty()) {
            Offer offer = chance.pick(offers);
            int round = offer.round() + chance.below(3);
            byte[] message =
                    VoteBytes.timeout(world.cluster().chainId(), set(), offer.height(), round, VoteBytes.NO_QC);
            send(PeerFrame.newBuilder()
                    .setTimeout(Timeout.newBuilder()
                            .setHeight(offer.height())
                            .setRound(round)
                            .setQcRound(VoteBytes.NO_QC)
                            .setSignature(ByteString.copyFrom(signer.sign(message)))
                            .setSigner(node.cast().validator()))
                    .build());
        }
    }

    private void forgeCertificate() {
        if (!offers.isEmpty()) {
            Offer offer = chance.pick(offers);
            VoteType type = chance.percent(50) ? VoteType.PREPARE : VoteType.COMMIT;
            Hash block = chance.percent(50) ? offer.block() : Hash.sha256(chance.bytes(8));
            QuorumCertificate forged = forged(type, offer.height(), offer.round(), block);
            send(PeerFrame.newBuilder()
                    .setCertificateNotice(
                            CertificateNotice.newBuilder().setQuorumCertificate(ByteString.copyFrom(forged.encode())))
                    .build());
        }
    }

    /** A quorum of which only one signature, its own, is real. */
    private QuorumCertificate forged(VoteType type, long height, int round, Hash block) {
        List<Integer> signers = new ArrayList<>();
        List<byte[]> signatures = new ArrayList<>();
        int own = node.cast().validator();
        int first = Math.max(0, own - set().quorum() + 1);
        for (int signer = first; signer < first + set().quorum(); signer++) {
            signers.add(signer);
            signatures.add(
                    signer == own ? sign(type, height, round, block) : chance.bytes(QuorumCertificate.SIGNATURE_BYTES));
        }
        return new QuorumCertificate(type, height, round, block, signers, signatures);
    }

    /** Somebody's transaction with another signature under it. */
    private void forgeTransaction() {
        Optional<PeerFrame> batch =
                frames.stream().filter(PeerFrame::hasTransactions).findFirst();
        if (batch.isPresent() && batch.get().getTransactions().getTransactionsCount() > 0) {
            byte[] signed = batch.get().getTransactions().getTransactions(0).toByteArray();
            signed[signed.length - 1] ^= 1;
            send(PeerFrame.newBuilder()
                    .setTransactions(TransactionBatch.newBuilder().addTransactions(ByteString.copyFrom(signed)))
                    .build());
        }
    }

    private void replay() {
        if (!frames.isEmpty()) {
            send(chance.pick(frames));
        }
    }

    private void lieAboutHeight() {
        Optional<PeerFrame> status =
                frames.stream().filter(PeerFrame::hasStatus).findFirst();
        Status.Builder lie = status.map(frame -> frame.getStatus().toBuilder()).orElseGet(Status::newBuilder);
        send(PeerFrame.newBuilder()
                .setStatus(lie.setHeight(lie.getHeight() + FALSE_HEIGHT))
                .build());
    }

    private PeerFrame vote(VoteType type, long height, int round, Hash block) {
        return PeerFrame.newBuilder()
                .setVote(Vote.newBuilder()
                        .setType(type.code())
                        .setHeight(height)
                        .setRound(round)
                        .setBlockHash(ByteString.copyFrom(block.toBytes()))
                        .setSignature(ByteString.copyFrom(sign(type, height, round, block)))
                        .setSigner(node.cast().validator()))
                .build();
    }

    private byte[] sign(VoteType type, long height, int round, Hash block) {
        return signer.sign(VoteBytes.of(world.cluster().chainId(), set(), type, height, round, block));
    }

    private ValidatorSet set() {
        return world.cluster().validatorSet();
    }

    private void send(PeerFrame frame) {
        for (SimulatedNode to : world.nodes()) {
            if (to.number() != node.number() && chance.percent(60)) {
                world.forge(node, to, frame);
            }
        }
    }
}
