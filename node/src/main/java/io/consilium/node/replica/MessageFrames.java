package io.consilium.node.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.consilium.consensus.Message;
import io.consilium.consensus.VoteEcho;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.proto.CertificateNotice;
import io.consilium.proto.ObserverAnswer;
import io.consilium.proto.ObserverQuery;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.Propose;
import io.consilium.proto.Status;
import io.consilium.proto.Timeout;
import io.consilium.proto.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Consensus messages to frames between peers and back; reading is strict and bounded. */
public final class MessageFrames {
    /** More transactions than any block may hold. */
    public static final int MAX_TRANSACTION_HASHES = 65_536;

    private MessageFrames() {}

    public static PeerFrame frame(Message message) {
        PeerFrame.Builder frame = PeerFrame.newBuilder();
        if (message instanceof Message.Propose propose) {
            frame.setPropose(propose(propose));
        } else if (message instanceof Message.Vote vote) {
            frame.setVote(Vote.newBuilder()
                    .setType(vote.type().code())
                    .setHeight(vote.height())
                    .setRound(vote.round())
                    .setBlockHash(bytes(vote.blockHash()))
                    .setSignature(shared(vote.signature()))
                    .setSigner(vote.signer()));
        } else if (message instanceof Message.Timeout timeout) {
            frame.setTimeout(timeout(timeout));
        } else if (message instanceof Message.Status status) {
            frame.setStatus(status(status));
        } else if (message instanceof Message.CertificateNotice notice) {
            frame.setCertificateNotice(CertificateNotice.newBuilder()
                    .setQuorumCertificate(quorum(notice.qc()))
                    .setTimeoutCertificate(timeouts(notice.tc())));
        } else if (message instanceof Message.ObserverQuery query) {
            frame.setObserverQuery(ObserverQuery.newBuilder().setNonce(shared(query.nonce())));
        } else if (message instanceof Message.ObserverAnswer answer) {
            frame.setObserverAnswer(ObserverAnswer.newBuilder()
                    .setNonce(shared(answer.nonce()))
                    .setLatestCommitQc(quorum(answer.latestCommitQc()))
                    .setObserver(answer.observer()));
        } else {
            throw new IllegalStateException("no frame for " + message.getClass().getSimpleName());
        }
        return frame.build();
    }

    private static Propose.Builder propose(Message.Propose propose) {
        Propose.Builder frame = Propose.newBuilder()
                .setHeight(propose.height())
                .setRound(propose.round())
                .setHeader(shared(propose.header().encode()))
                .setTimeoutCertificate(timeouts(propose.previousTc()))
                .setSignature(shared(propose.signature()));
        if (propose.inlineBody().isPresent()) {
            frame.setInline(true).setBody(shared(propose.inlineBody().get()));
        } else {
            propose.transactionHashes().forEach(hash -> frame.addTransactionHashes(bytes(hash)));
        }
        return frame;
    }

    private static Timeout.Builder timeout(Message.Timeout timeout) {
        return Timeout.newBuilder()
                .setHeight(timeout.height())
                .setRound(timeout.round())
                .setQcRound(timeout.qcRound())
                .setHighestQc(quorum(timeout.highestQc()))
                .setPreviousTc(timeouts(timeout.previousTc()))
                .setSignature(shared(timeout.signature()))
                .setSigner(timeout.signer());
    }

    private static Status.Builder status(Message.Status status) {
        Status.Builder frame = Status.newBuilder()
                .setHeight(status.height())
                .setTipCommitQc(quorum(status.tipCommitQc()))
                .setHighestTc(timeouts(status.highestTc()))
                .setHighestPrepareQc(quorum(status.highestPrepareQc()))
                .setObserver(status.observer())
                .setAsks(status.asks());
        status.echo()
                .ifPresent(echo -> frame.setEcho(io.consilium.proto.VoteEcho.newBuilder()
                        .setType(echo.type().code())
                        .setHeight(echo.height())
                        .setRound(echo.round())
                        .setBlockHash(bytes(echo.blockHash()))
                        .setQcRound(echo.qcRound())
                        .setSignature(shared(echo.signature()))));
        return frame;
    }

    /** The consensus message in a frame; empty for a frame of another kind. */
    public static Optional<Message> message(PeerFrame frame) throws MalformedException {
        try {
            return switch (frame.getFrameCase()) {
                case PROPOSE -> Optional.of(propose(frame.getPropose()));
                case VOTE -> Optional.of(vote(frame.getVote()));
                case TIMEOUT -> Optional.of(timeout(frame.getTimeout()));
                case STATUS -> Optional.of(status(frame.getStatus()));
                case CERTIFICATE_NOTICE -> {
                    CertificateNotice notice = frame.getCertificateNotice();
                    yield Optional.of(new Message.CertificateNotice(
                            quorum(notice.getQuorumCertificate()), timeouts(notice.getTimeoutCertificate())));
                }
                case OBSERVER_QUERY ->
                    Optional.of(new Message.ObserverQuery(
                            frame.getObserverQuery().getNonce().toByteArray()));
                case OBSERVER_ANSWER -> {
                    ObserverAnswer answer = frame.getObserverAnswer();
                    yield Optional.of(new Message.ObserverAnswer(
                            answer.getNonce().toByteArray(), quorum(answer.getLatestCommitQc()), answer.getObserver()));
                }
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException invalid) {
            throw new MalformedException(String.valueOf(invalid.getMessage()));
        }
    }

    private static Message.Propose propose(Propose frame) throws MalformedException {
        if (frame.getTransactionHashesCount() > MAX_TRANSACTION_HASHES) {
            throw new MalformedException("a proposal names " + frame.getTransactionHashesCount() + " transactions");
        }
        if (frame.getInline()
                ? frame.getTransactionHashesCount() > 0
                : !frame.getBody().isEmpty()) {
            throw new MalformedException("a proposal carries either its body or its transactions' hashes");
        }
        List<Hash> hashes = new ArrayList<>(frame.getTransactionHashesCount());
        for (ByteString hash : frame.getTransactionHashesList()) {
            hashes.add(hash(hash));
        }
        return new Message.Propose(
                frame.getHeight(),
                frame.getRound(),
                BlockHeader.decode(frame.getHeader().toByteArray()),
                frame.getInline() ? Optional.of(frame.getBody().toByteArray()) : Optional.empty(),
                hashes,
                timeouts(frame.getTimeoutCertificate()),
                signature(frame.getSignature()));
    }

    private static Message.Vote vote(Vote frame) throws MalformedException {
        return new Message.Vote(
                type(frame.getType()),
                frame.getHeight(),
                frame.getRound(),
                hash(frame.getBlockHash()),
                signature(frame.getSignature()),
                signer(frame.getSigner()));
    }

    private static Message.Timeout timeout(Timeout frame) throws MalformedException {
        return new Message.Timeout(
                frame.getHeight(),
                frame.getRound(),
                frame.getQcRound(),
                quorum(frame.getHighestQc()),
                timeouts(frame.getPreviousTc()),
                signature(frame.getSignature()),
                signer(frame.getSigner()));
    }

    private static Message.Status status(Status frame) throws MalformedException {
        Optional<VoteEcho> echo = Optional.empty();
        if (frame.hasEcho()) {
            io.consilium.proto.VoteEcho seen = frame.getEcho();
            echo = Optional.of(new VoteEcho(
                    type(seen.getType()),
                    seen.getHeight(),
                    seen.getRound(),
                    hash(seen.getBlockHash()),
                    seen.getQcRound(),
                    signature(seen.getSignature())));
        }
        return new Message.Status(
                frame.getHeight(),
                quorum(frame.getTipCommitQc()),
                timeouts(frame.getHighestTc()),
                quorum(frame.getHighestPrepareQc()),
                echo,
                frame.getObserver(),
                frame.getAsks());
    }

    private static VoteType type(int code) throws MalformedException {
        for (VoteType type : VoteType.values()) {
            if (type.code() == code) {
                return type;
            }
        }
        throw new MalformedException("vote type " + code + " is unknown");
    }

    private static int signer(int index) throws MalformedException {
        if (index < 0 || index >= ValidatorSet.MAX_VALIDATORS) {
            throw new MalformedException("signer " + Integer.toUnsignedString(index) + " is no index of a validator");
        }
        return index;
    }

    private static byte[] signature(ByteString bytes) throws MalformedException {
        if (bytes.size() != QuorumCertificate.SIGNATURE_BYTES) {
            throw new MalformedException("a signature of " + bytes.size() + " bytes");
        }
        return bytes.toByteArray();
    }

    static Hash hash(ByteString bytes) throws MalformedException {
        if (bytes.size() != Hash.LENGTH) {
            throw new MalformedException("a hash of " + bytes.size() + " bytes");
        }
        return Hash.of(bytes.toByteArray());
    }

    static Optional<QuorumCertificate> quorum(ByteString bytes) throws MalformedException {
        return bytes.isEmpty() ? Optional.empty() : Optional.of(QuorumCertificate.decode(bytes.toByteArray()));
    }

    private static Optional<TimeoutCertificate> timeouts(ByteString bytes) throws MalformedException {
        return bytes.isEmpty() ? Optional.empty() : Optional.of(TimeoutCertificate.decode(bytes.toByteArray()));
    }

    private static ByteString quorum(Optional<QuorumCertificate> certificate) {
        return certificate.map(qc -> shared(qc.encode())).orElse(ByteString.EMPTY);
    }

    private static ByteString timeouts(Optional<TimeoutCertificate> certificate) {
        return certificate.map(tc -> shared(tc.encode())).orElse(ByteString.EMPTY);
    }

    static ByteString bytes(Hash hash) {
        return shared(hash.toBytes());
    }

    /** Wraps an array that nobody changes from here on. */
    static ByteString shared(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }
}
