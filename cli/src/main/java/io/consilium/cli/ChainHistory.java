package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.VerificationFailed;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.proof.CertifiedHeader;
import io.consilium.ledger.proof.ProofFault;
import io.consilium.ledger.proof.TrustRoot;
import io.consilium.proto.BlockRequest;
import io.consilium.proto.BlockResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Blocks as a node delivers them, believed only with their certificates and links (INT-1). */
final class ChainHistory {
    private final Session session;
    private final Ed25519Verifier verifier = new Ed25519Verifier(256);

    ChainHistory(Session session) {
        this.session = session;
    }

    /** One block as shown; height 0 is the tip. */
    Map<String, Object> block(long height) throws ClientException {
        BlockResponse response = fetch(height, true);
        BlockHeader header = header(response);
        QuorumCertificate qc = certificate(response);
        check(header, qc);
        ValidatorSet set = session.genesis().trustRoot().firstSet();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("height", header.height());
        object.put("hash", header.hash().hex());
        object.put("parentHash", header.parentHash().hex());
        object.put("time", Dates.text(header.timestampMillis()));
        object.put("proposer", set.get(header.proposer()).institution());
        object.put("round", qc.round());
        object.put(
                "signers",
                qc.signers().stream()
                        .map(signer -> set.get(signer).institution())
                        .toList());
        object.put("transactionsRoot", header.transactionsRoot().hex());
        object.put("stateRoot", header.stateRoot().hex());
        object.put("receiptsRoot", header.receiptsRoot().hex());
        object.put("bodyBytes", response.getBodyBytes());
        object.put(
                "transactionIds",
                response.getTransactionIdsList().stream().map(Ids::text).toList());
        return object;
    }

    /** Every header from a height to the tip. */
    Map<String, Object> verify(long from) throws ClientException {
        long tip = session.client().status().getHeight();
        if (from > Math.max(1, tip)) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    "NO_SUCH_BLOCK",
                    "There is no block of height " + from + " yet",
                    "The newest is " + tip);
        }
        Optional<BlockHeader> previous = Optional.empty();
        Hash stateRoot = Hash.ZERO;
        if (from > 1) {
            previous = Optional.of(certified(from - 1));
        }
        try (Progress progress = new Progress(session.output(), "Verifying", Math.max(1, tip - from + 1), 1_000)) {
            for (long height = from; height <= tip; height++) {
                BlockHeader header = certified(height);
                Hash parent =
                        previous.map(BlockHeader::hash).orElse(session.genesis().chainId());
                if (!header.parentHash().equals(parent)) {
                    throw broken(height, "it does not follow the block before");
                }
                if (previous.isPresent()
                        && header.timestampMillis() <= previous.get().timestampMillis()) {
                    throw broken(height, "its time is not after the block before");
                }
                previous = Optional.of(header);
                stateRoot = header.stateRoot();
                progress.at(height - from + 1);
            }
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("verified", true);
        object.put("chainId", session.genesis().chainId().hex());
        object.put("from", from);
        object.put("to", tip);
        object.put("blocks", Math.max(0, tip - from + 1));
        object.put("stateRoot", stateRoot.hex());
        object.put("tipHash", previous.map(BlockHeader::hash).orElse(Hash.ZERO).hex());
        return object;
    }

    private BlockHeader certified(long height) throws ClientException {
        BlockResponse response = fetch(height, false);
        BlockHeader header = header(response);
        if (header.height() != height) {
            throw broken(height, "the node answered with block " + header.height());
        }
        check(header, certificate(response));
        return header;
    }

    private BlockResponse fetch(long height, boolean withBody) throws ClientException {
        return session.client()
                .block(BlockRequest.newBuilder()
                        .setHeight(height)
                        .setWithBody(withBody)
                        .build());
    }

    private void check(BlockHeader header, QuorumCertificate qc) throws ClientException {
        TrustRoot root = session.genesis().trustRoot();
        Optional<ProofFault> fault = root.check(new CertifiedHeader(header, qc, List.of()), verifier);
        if (fault.isPresent()) {
            throw broken(header.height(), fault.get().reason());
        }
    }

    private static BlockHeader header(BlockResponse response) throws VerificationFailed {
        try {
            return BlockHeader.decode(response.getHeader().toByteArray());
        } catch (MalformedException malformed) {
            throw unreadable(malformed);
        }
    }

    private static QuorumCertificate certificate(BlockResponse response) throws VerificationFailed {
        try {
            return QuorumCertificate.decode(response.getCommitQc().toByteArray());
        } catch (MalformedException malformed) {
            throw unreadable(malformed);
        }
    }

    private static VerificationFailed unreadable(MalformedException malformed) {
        return new VerificationFailed(
                "BLOCK_MALFORMED",
                "The node's block cannot be read: " + malformed.getMessage(),
                "Ask another node with --node");
    }

    static VerificationFailed broken(long height, String reason) {
        return new VerificationFailed(
                "HISTORY_BROKEN",
                "Block " + height + " does not verify: " + reason,
                "Ask another node with --node; this one's history is not that of the genesis");
    }
}
