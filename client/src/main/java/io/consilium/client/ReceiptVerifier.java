package io.consilium.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.Verifier;
import io.consilium.ledger.proof.ProofFault;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.proof.TrustRoot;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.ReceiptStatus;
import io.consilium.proto.TransactionReceipt;
import java.util.Arrays;
import java.util.Optional;

/** Checks receipts and state values offline, from the genesis alone (INT-1). */
public final class ReceiptVerifier {
    /** The code of what is wholly of another chain than the genesis. */
    public static final String WRONG_GENESIS = "WRONG_GENESIS";

    private static final int CACHED_KEYS = 1_024;

    private final TrustRoot root;
    private final Verifier verifier;
    private final SeenHeight seen;

    public ReceiptVerifier(TrustRoot root) {
        this(root, SeenHeight.NONE);
    }

    /** Tells the height of each receipt that holds. */
    public ReceiptVerifier(TrustRoot root, SeenHeight seen) {
        this(root, new Ed25519Verifier(CACHED_KEYS), seen);
    }

    /** With a verifier of the caller's, e.g. one that remembers what it verified. */
    public ReceiptVerifier(TrustRoot root, Verifier verifier) {
        this(root, verifier, SeenHeight.NONE);
    }

    private ReceiptVerifier(TrustRoot root, Verifier verifier, SeenHeight seen) {
        this.root = root;
        this.verifier = verifier;
        this.seen = seen;
    }

    /** Throws {@link VerificationFailed} (exit 9), or exit 2 for a receipt of another chain than the genesis'. */
    public VerifiedReceipt verify(ReceiptProof proof) throws ClientException {
        ParsedTransaction transaction = transaction(proof);
        Optional<ProofFault> fault = proof.check(root, verifier);
        if (fault.isPresent()) {
            throw failure(
                    fault.get(),
                    Optional.of(transaction.chainId()),
                    proof.block().header().chainId());
        }
        Optional<Rejection> unsigned = transaction.verifySignatures(verifier);
        if (unsigned.isPresent()) {
            throw failed("a signature of the transaction is not valid");
        }
        TransactionReceipt receipt = receipt(proof);
        if (!Arrays.equals(receipt.getTxId().toByteArray(), transaction.txId().toBytes())) {
            throw failed("the receipt is of another transaction");
        }
        if (receipt.getHeight() != proof.block().header().height()) {
            throw failed("the receipt names another block");
        }
        seen.proven(receipt.getHeight());
        return new VerifiedReceipt(proof, transaction, receipt);
    }

    /** Decodes and verifies what a node answered with. */
    public VerifiedReceipt verify(byte[] encoded) throws ClientException {
        return verify(ReceiptFile.decode(encoded));
    }

    /** The value that the chain certified, or its absence; the height says as of when. */
    public void verify(StateValueProof proof) throws ClientException {
        Optional<ProofFault> fault = proof.check(root, verifier);
        if (fault.isPresent()) {
            throw failure(fault.get(), Optional.empty(), proof.block().header().chainId());
        }
    }

    private static ParsedTransaction transaction(ReceiptProof proof) throws VerificationFailed {
        try {
            return ParsedTransaction.parse(proof.transaction());
        } catch (MalformedTransaction malformed) {
            throw failed("its transaction is malformed");
        }
    }

    private static TransactionReceipt receipt(ReceiptProof proof) throws VerificationFailed {
        try {
            TransactionReceipt receipt = TransactionReceipt.parseFrom(proof.receipt());
            boolean decided =
                    receipt.getStatus() == ReceiptStatus.APPLIED || receipt.getStatus() == ReceiptStatus.REFUSED;
            if (decided && Arrays.equals(receipt.toByteArray(), proof.receipt())) {
                return receipt;
            }
        } catch (InvalidProtocolBufferException malformed) {
            throw failed("its outcome cannot be read");
        }
        throw failed("its outcome is not spelled as receipts are");
    }

    /** A document that is wholly of another chain was checked against the wrong genesis; one that mixes two is forged. */
    private ClientException failure(ProofFault fault, Optional<Hash> claimed, Hash header) {
        if (fault.kind() == ProofFault.Kind.WRONG_CHAIN
                && !header.equals(root.chainId())
                && claimed.map(header::equals).orElse(true)) {
            return new ClientException(
                    FailureClass.USAGE,
                    WRONG_GENESIS,
                    "The genesis given is of another chain: " + fault.reason(),
                    "Give the genesis of the chain that it was registered on with --genesis");
        }
        return failed(fault.reason());
    }

    private static VerificationFailed failed(String reason) {
        return new VerificationFailed(
                "PROOF_INVALID",
                "The proof does not hold: " + reason,
                "Do not rely on it; fetch it again from a node that you trust more");
    }
}
