package io.consilium.ledger.tx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Verifier;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.Precondition;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import io.consilium.proto.WireValues;
import java.util.Optional;

/**
 * A transaction whose bytes have been read strictly once (TX-1, TX-6), with everything that is computed from them. The
 * body's bytes are never written anew: identity and signatures cover them as they came.
 */
public final class ParsedTransaction {
    public static final int MAX_BYTES = 256 * 1024;
    public static final int MAX_SIGNERS = 4;
    public static final int MAX_PRECONDITIONS = 8;
    public static final int SALT_BYTES = 16;

    /** Each list has a bound of its own; this one holds before any of them is built. */
    public static final int MAX_VALUES = 1 << 16;

    private static final int SIGNATURE_BYTES = 64;

    /** What a transaction takes in memory whatever it says: its envelope, its hashes, and its place where it waits. */
    private static final int FIXED_BYTES = 1_024;

    private static final String ID_DOMAIN = "consilium/tx/v1";
    private static final String SIGNATURE_DOMAIN = "consilium/tx-signature/v1";

    private final byte[] signedBytes;
    private final SignedTransaction signed;
    private final TransactionBody body;
    private final Hash chainId;
    private final Hash txId;
    private final Hash leafHash;
    private final int retainedBytes;

    private ParsedTransaction(byte[] signedBytes, SignedTransaction signed, TransactionBody body, int values) {
        this.signedBytes = signedBytes;
        this.signed = signed;
        this.body = body;
        this.chainId = Hash.of(body.getChainId().toByteArray());
        this.txId = idOf(signed.getBody().toByteArray());
        this.leafHash = MerkleTree.leafHash(signedBytes);
        this.retainedBytes = FIXED_BYTES + signedBytes.length + values * WireValues.VALUE_BYTES;
    }

    /** Reads the signed bytes, which must not change afterwards; signatures are checked apart. */
    public static ParsedTransaction parse(byte[] signedBytes) throws MalformedTransaction {
        if (signedBytes.length > MAX_BYTES) {
            throw new MalformedTransaction(Refusal.TRANSACTION_TOO_LARGE.rejection(
                    signedBytes.length + " bytes, at most " + MAX_BYTES + " are allowed"));
        }
        SignedTransaction signed;
        TransactionBody body;
        int values;
        try {
            requireFew(UnsafeByteOperations.unsafeWrap(signedBytes), SignedTransaction.getDescriptor(), "transaction");
            signed = CanonicalMessages.parse(SignedTransaction.parser(), signedBytes, MAX_BYTES, "transaction");
            values = requireFew(signed.getBody(), TransactionBody.getDescriptor(), "transaction.body");
            body = CanonicalMessages.parse(TransactionBody.parser(), signed.getBody(), MAX_BYTES, "transaction.body");
        } catch (MalformedException malformed) {
            throw new MalformedTransaction(
                    Refusal.TRANSACTION_MALFORMED.rejection(String.valueOf(malformed.getMessage())));
        }
        envelope(signed, body);
        PayloadFormat.check(body);
        return new ParsedTransaction(signedBytes, signed, body, values);
    }

    private static int requireFew(ByteString message, Descriptor type, String what) throws MalformedException {
        try {
            int values = WireValues.count(message, type, MAX_VALUES);
            if (values > MAX_VALUES) {
                throw new MalformedException(what + ": more than " + MAX_VALUES + " values");
            }
            return values;
        } catch (InvalidProtocolBufferException invalid) {
            throw new MalformedException(what + ": no such protobuf message (" + invalid.getMessage() + ")", invalid);
        }
    }

    private static void envelope(SignedTransaction signed, TransactionBody body) throws MalformedTransaction {
        Shape.hash(body.getChainId(), "chain_id");
        Shape.exactly(body.getSalt(), SALT_BYTES, "salt");
        if (body.getValidUntilMillis() < 1) {
            throw MalformedTransaction.at("valid_until_millis", "is a time after 1970");
        }
        Shape.count(body.getSignersCount(), 1, MAX_SIGNERS, "signers");
        for (int i = 0; i < body.getSignersCount(); i++) {
            signer(body, i);
        }
        if (signed.getSignaturesCount() != body.getSignersCount()) {
            throw MalformedTransaction.at("signatures", "has one entry for each signer");
        }
        for (int i = 0; i < signed.getSignaturesCount(); i++) {
            Shape.exactly(signed.getSignatures(i), SIGNATURE_BYTES, "signatures[" + i + "]");
        }
        Shape.count(body.getPreconditionsCount(), 0, MAX_PRECONDITIONS, "preconditions");
        for (int i = 0; i < body.getPreconditionsCount(); i++) {
            Precondition precondition = body.getPreconditions(i);
            if (!StateKeys.isVersioned(precondition.getObject())) {
                throw MalformedTransaction.at(
                        "preconditions[" + i + "].object", "is an object like consent/<32 hexadecimal digits>");
            }
            Shape.nonNegative(precondition.getExpectedVersion(), "preconditions[" + i + "].expected_version");
        }
    }

    private static void signer(TransactionBody body, int i) throws MalformedTransaction {
        TransactionSigner signer = body.getSigners(i);
        if (ActorName.parse(signer.getActor()).isEmpty()) {
            throw MalformedTransaction.at("signers[" + i + "].actor", "is an institution, a member or a patient id");
        }
        Shape.key(signer.getKey(), KeyAlgorithm.ED25519, "signers[" + i + "].key");
        for (int j = 0; j < i; j++) {
            if (body.getSigners(j).equals(signer)) {
                throw MalformedTransaction.at("signers[" + i + "]", "is repeated");
            }
        }
    }

    /** The id of a transaction with this body (TX-1). */
    public static Hash idOf(byte[] body) {
        return Hash.tagged(ID_DOMAIN, body);
    }

    /** The bytes that each signer of this body signs (TX-1). */
    public static byte[] signingBytes(Hash chainId, byte[] body) {
        return Hash.tagged(
                        SIGNATURE_DOMAIN, chainId.toBytes(), Hash.sha256(body).toBytes())
                .toBytes();
    }

    /** Checks every signature with the predicate of ID-4; needs no state, so each node does it once. */
    public Optional<Rejection> verifySignatures(Verifier verifier) {
        byte[] message = signingBytes(chainId, signed.getBody().toByteArray());
        for (int i = 0; i < body.getSignersCount(); i++) {
            PublicKey key =
                    PublicKey.ed25519(body.getSigners(i).getKey().getKey().toByteArray());
            if (!verifier.verify(key, message, signed.getSignatures(i).toByteArray())) {
                return Optional.of(Refusal.SIGNATURE_INVALID.rejection("signer " + (i + 1)));
            }
        }
        return Optional.empty();
    }

    /** The full signed bytes: shared, never to be changed. */
    public byte[] signedBytes() {
        return signedBytes;
    }

    public ByteString bodyBytes() {
        return signed.getBody();
    }

    public TransactionBody body() {
        return body;
    }

    public Hash chainId() {
        return chainId;
    }

    public Hash txId() {
        return txId;
    }

    /** The leaf under transactionsRoot; it covers the signatures too. */
    public Hash leafHash() {
        return leafHash;
    }

    public int size() {
        return signedBytes.length;
    }

    /** About what it takes in memory while it is kept, for bounds: its bytes and every value that they spell. */
    public int retainedBytes() {
        return retainedBytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ParsedTransaction transaction && leafHash.equals(transaction.leafHash);
    }

    @Override
    public int hashCode() {
        return leafHash.hashCode();
    }

    @Override
    public String toString() {
        return "ParsedTransaction[" + txId.shortHex() + ", " + body.getPayloadCase() + "]";
    }
}
