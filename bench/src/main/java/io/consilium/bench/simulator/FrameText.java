package io.consilium.bench.simulator;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.Propose;
import io.consilium.proto.Status;
import io.consilium.proto.Timeout;
import io.consilium.proto.Vote;

/** A frame as one line of a trace. */
final class FrameText {
    private FrameText() {}

    static String of(PeerFrame frame) {
        return switch (frame.getFrameCase()) {
            case PROPOSE -> propose(frame.getPropose());
            case VOTE -> vote(frame.getVote());
            case TIMEOUT -> timeout(frame.getTimeout());
            case STATUS -> status(frame.getStatus());
            case CERTIFICATE_NOTICE ->
                "CERTIFICATE "
                        + quorum(frame.getCertificateNotice()
                                .getQuorumCertificate()
                                .toByteArray())
                        + timeouts(frame.getCertificateNotice()
                                .getTimeoutCertificate()
                                .toByteArray());
            case TRANSACTIONS -> frame.getTransactions().getTransactionsCount() + " transactions";
            case FETCH_TRANSACTIONS ->
                "asks for " + frame.getFetchTransactions().getHashesCount() + " transactions";
            case FETCH_BODY ->
                "asks for body " + shortHash(frame.getFetchBody().getBlockHash().toByteArray());
            case BODY ->
                (frame.getBody().getFound() ? "body " : "no body ")
                        + shortHash(frame.getBody().getBlockHash().toByteArray());
            case FETCH_BLOCKS ->
                "asks for " + frame.getFetchBlocks().getCount() + " blocks from "
                        + frame.getFetchBlocks().getFromHeight();
            case BLOCKS -> frame.getBlocks().getBlocksCount() + " blocks";
            default -> frame.getFrameCase().toString();
        };
    }

    private static String propose(Propose propose) {
        String block;
        try {
            block = BlockHeader.decode(propose.getHeader().toByteArray()).hash().shortHex();
        } catch (MalformedException malformed) {
            block = "unreadable";
        }
        return "PROPOSE h=" + propose.getHeight() + " r=" + propose.getRound() + " " + block
                + (propose.getTimeoutCertificate().isEmpty()
                        ? ""
                        : timeouts(propose.getTimeoutCertificate().toByteArray()))
                + " body=" + (propose.getInline() ? propose.getBody().size() + " bytes" : "by hashes");
    }

    private static String vote(Vote vote) {
        return (vote.getType() == 2 ? "PREPARE" : "COMMIT") + " h=" + vote.getHeight() + " r=" + vote.getRound() + " "
                + shortHash(vote.getBlockHash().toByteArray());
    }

    private static String timeout(Timeout timeout) {
        return "TIMEOUT h=" + timeout.getHeight() + " r=" + timeout.getRound() + " qcRound=" + timeout.getQcRound()
                + timeouts(timeout.getPreviousTc().toByteArray());
    }

    private static String status(Status status) {
        return "STATUS tip=" + status.getHeight()
                + quorum(status.getHighestPrepareQc().toByteArray())
                + timeouts(status.getHighestTc().toByteArray())
                + (status.getObserver() ? " observer" : "");
    }

    private static String quorum(byte[] encoded) {
        if (encoded.length == 0) {
            return "";
        }
        try {
            QuorumCertificate qc = QuorumCertificate.decode(encoded);
            return " " + qc.type() + "-QC(h=" + qc.height() + " r=" + qc.round() + " "
                    + qc.blockHash().shortHex() + ")";
        } catch (MalformedException malformed) {
            return " unreadable QC";
        }
    }

    private static String timeouts(byte[] encoded) {
        if (encoded.length == 0) {
            return "";
        }
        try {
            TimeoutCertificate tc = TimeoutCertificate.decode(encoded);
            return " TC(h=" + tc.height() + " r=" + tc.round()
                    + tc.highestQc()
                            .map(qc ->
                                    " qc r=" + qc.round() + " " + qc.blockHash().shortHex())
                            .orElse(" free")
                    + ")";
        } catch (MalformedException malformed) {
            return " unreadable TC";
        }
    }

    private static String shortHash(byte[] hash) {
        return hash.length == Hash.LENGTH ? Hash.of(hash).shortHex() : "malformed hash";
    }
}
