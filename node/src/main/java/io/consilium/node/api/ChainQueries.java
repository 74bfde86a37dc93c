package io.consilium.node.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.NodeGateway;
import io.consilium.node.NodeStatus;
import io.consilium.proto.BlockRequest;
import io.consilium.proto.BlockResponse;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.PeerStatus;
import io.consilium.proto.StatusRequest;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.TransactionRequest;
import io.consilium.proto.TransactionResponse;
import io.consilium.proto.ValidatorStatus;
import io.consilium.proto.ValidatorsRequest;
import io.consilium.proto.ValidatorsResponse;
import io.consilium.storage.StoredBlock;
import io.consilium.storage.TxLocation;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Questions about the chain itself: status, validators, blocks, transactions. */
public final class ChainQueries {
    private final NodeGateway node;
    private final PolicySource policies;
    private final BlockProofs proofs;
    private final Supplier<List<String>> notReadyReasons;
    private final long maxPayloadBytes;
    private final String version;

    /** {@code notReadyReasons} are the node's and those of its surroundings, e.g. the clock. */
    public ChainQueries(
            NodeGateway node,
            PolicySource policies,
            BlockProofs proofs,
            Supplier<List<String>> notReadyReasons,
            long maxPayloadBytes,
            String version) {
        this.node = node;
        this.policies = policies;
        this.proofs = proofs;
        this.notReadyReasons = notReadyReasons;
        this.maxPayloadBytes = maxPayloadBytes;
        this.version = version;
    }

    public StatusResponse status(Caller caller, StatusRequest request) {
        NodeStatus status = node.status();
        List<String> reasons = notReadyReasons.get();
        StatusResponse.Builder response = StatusResponse.newBuilder()
                .setChainId(bytes(node.chainId()))
                .setHeight(status.height())
                .setBlockHash(bytes(status.blockHash()))
                .setStateRoot(bytes(status.stateRoot()))
                .setLeader(status.leader())
                .setNode(node.institution())
                .setReady(reasons.isEmpty())
                .addAllNotReadyReasons(reasons)
                .setTipMillis(status.tipMillis())
                .setClockMillis(node.nowMillis())
                .setVersion(version)
                .setObserver(status.observer())
                .setPending(status.pendingTransactions())
                .setRound(status.round())
                .setMaxPayloadBytes(maxPayloadBytes);
        status.validators().validators().forEach(validator -> response.addValidators(validator.institution()));
        for (NodeStatus.Peer peer : status.peers()) {
            response.addPeers(PeerStatus.newBuilder()
                    .setInstitution(peer.institution())
                    .setConnected(peer.connected())
                    .setHeight(peer.height())
                    .setAddress(peer.address()));
        }
        return response.build();
    }

    /** The set that decides the next height, or that decided an earlier one. */
    public ValidatorsResponse validators(Caller caller, ValidatorsRequest request) {
        NodeStatus status = node.status();
        if (request.getHeight() < 0 || request.getHeight() > status.height() + 1) {
            throw ApiProblem.unknown("height", "ask for the status to learn the newest height")
                    .asException();
        }
        ValidatorSet set = status.validators();
        if (request.getHeight() != 0 && request.getHeight() <= status.height()) {
            requireSameSet(set, request.getHeight());
        }
        ValidatorsResponse.Builder response = ValidatorsResponse.newBuilder()
                .setEpoch(set.epoch())
                .setValidatorSetHash(bytes(set.hash()))
                .setQuorum(set.quorum())
                .setFaults(set.faults());
        for (Validator validator : set.validators()) {
            response.addValidators(ValidatorStatus.newBuilder()
                    .setInstitution(validator.institution())
                    .setKey(KeyValue.newBuilder()
                            .setAlgorithm(KeyAlgorithm.ED25519)
                            .setKey(ByteString.copyFrom(validator.key().bytes())))
                    .setEligibleLeader(status.eligibleLeaders().contains(validator.institution())));
        }
        return response.build();
    }

    private void requireSameSet(ValidatorSet set, long height) {
        try (StateView view = StateView.open(node)) {
            boolean same = BlockProofs.certified(view.chain(), height)
                    .map(certified -> certified.header().validatorSetHash().equals(set.hash()))
                    .orElse(false);
            if (!same) {
                throw ApiProblem.unknown(
                                "validator set of that height any more",
                                "ask for that block: its header names the set by its hash")
                        .asException();
            }
        }
    }

    public BlockResponse block(Caller caller, BlockRequest request) {
        try (StateView view = StateView.open(node)) {
            long height = request.getHeight() == 0 ? view.chain().tipHeight() : request.getHeight();
            StoredBlock block = height < 1
                    ? Optional.<StoredBlock>empty().orElseThrow(() -> noBlock(height))
                    : view.chain().block(height).orElseThrow(() -> noBlock(height));
            BlockResponse.Builder response = BlockResponse.newBuilder()
                    .setHeader(UnsafeByteOperations.unsafeWrap(block.header()))
                    .setCommitQc(UnsafeByteOperations.unsafeWrap(block.commitQc()))
                    .setBodyBytes(block.body().length);
            if (request.getWithBody()) {
                addVisible(caller, view, block, response);
            }
            return response.build();
        }
    }

    private static ProblemException noBlock(long height) {
        return new ApiProblem(
                        404,
                        "NO_SUCH_BLOCK",
                        height == 0 ? "the chain has no block yet" : "there is no block of height " + height + " yet",
                        "",
                        "height",
                        "ask for the status to learn the newest height",
                        3)
                .asException();
    }

    private void addVisible(Caller caller, StateView view, StoredBlock block, BlockResponse.Builder response) {
        TransactionVisibility visibility = visibility(view);
        List<byte[]> transactions = BlockProofs.transactions(block);
        for (int i = 0; i < transactions.size(); i++) {
            ParsedTransaction parsed = parse(transactions.get(i));
            if (visibility.sees(caller, parsed)) {
                response.addTransactionIds(bytes(parsed.txId()))
                        .addReceipts(receipt(block.receipts().get(i)));
            }
        }
    }

    private TransactionVisibility visibility(StateView view) {
        return new TransactionVisibility(view.state(), policies.on(view.state()));
    }

    /** What became of a transaction; what the caller may not see is UNKNOWN, as what there is not. */
    public TransactionResponse transaction(Caller caller, TransactionRequest request) {
        if (request.getTxId().size() != Hash.LENGTH) {
            throw ApiProblem.notFound("transaction").asException();
        }
        Hash txId = Hash.of(request.getTxId().toByteArray());
        // Asked before the snapshot is taken: a transaction that leaves the mempool meanwhile is in the snapshot.
        boolean pending = node.isPending(txId);
        try (StateView view = StateView.open(node)) {
            Optional<TxLocation> place = view.chain().transaction(txId);
            if (place.isEmpty()) {
                return TransactionResponse.newBuilder()
                        .setState(pending ? "PENDING" : "UNKNOWN")
                        .build();
            }
            BlockProofs.Trees trees = proofs.trees(view.chain(), place.get().height());
            int index = place.get().index();
            ParsedTransaction parsed = parse(trees.transactions().get(index));
            if (!visibility(view).sees(caller, parsed)) {
                return TransactionResponse.newBuilder().setState("UNKNOWN").build();
            }
            TransactionReceipt receipt = receipt(trees.receipts().get(index));
            return TransactionResponse.newBuilder()
                    .setState(receipt.getStatus().name())
                    .setReceipt(receipt)
                    .setReceiptProof(UnsafeByteOperations.unsafeWrap(proofs.receiptProof(view.chain(), place.get())))
                    .build();
        }
    }

    private static ParsedTransaction parse(byte[] signedBytes) {
        try {
            return ParsedTransaction.parse(signedBytes);
        } catch (MalformedTransaction e) {
            throw new IllegalStateException("a stored transaction cannot be read; check the database", e);
        }
    }

    private static TransactionReceipt receipt(byte[] bytes) {
        try {
            return Receipt.decode(bytes).message();
        } catch (MalformedException e) {
            throw new IllegalStateException("a stored receipt cannot be read; check the database", e);
        }
    }

    private static ByteString bytes(Hash hash) {
        return ByteString.copyFrom(hash.toBytes());
    }
}
