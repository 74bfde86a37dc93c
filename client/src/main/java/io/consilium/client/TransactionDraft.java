package io.consilium.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.Signer;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The body of a transaction as bytes, before it is signed; never written anew once made (TX-1). */
public final class TransactionDraft {
    private final byte[] body;

    private TransactionDraft(byte[] body) {
        this.body = body;
    }

    /**
     * Makes a body with a fresh salt.
     *
     * @param signers who will sign, in this order
     * @param validUntilMillis TX-2: at most 10 minutes after the time of the block that includes it
     * @param payload sets the one payload, and preconditions if any
     */
    public static TransactionDraft build(
            Hash chainId,
            List<TransactionSigner> signers,
            long validUntilMillis,
            SecureRandom random,
            Consumer<TransactionBody.Builder> payload) {
        byte[] salt = new byte[ParsedTransaction.SALT_BYTES];
        random.nextBytes(salt);
        TransactionBody.Builder builder = TransactionBody.newBuilder()
                .setChainId(ByteString.copyFrom(chainId.toBytes()))
                .setSalt(ByteString.copyFrom(salt))
                .setValidUntilMillis(validUntilMillis)
                .addAllSigners(signers);
        payload.accept(builder);
        return new TransactionDraft(builder.build().toByteArray());
    }

    /** A body that was made elsewhere, taken as it is; signing checks nothing but that it can be read. */
    public static TransactionDraft of(byte[] body) {
        return new TransactionDraft(body.clone());
    }

    public static TransactionSigner signer(String actor, io.consilium.crypto.PublicKey key) {
        return TransactionSigner.newBuilder()
                .setActor(actor)
                .setKey(Keys.ed25519(key))
                .build();
    }

    public byte[] body() {
        return body.clone();
    }

    public Hash txId() {
        return ParsedTransaction.idOf(body);
    }

    public TransactionBody read() throws InvalidProtocolBufferException {
        return TransactionBody.parseFrom(body);
    }

    /** One signature over this body for a chain. */
    public byte[] sign(Hash chainId, Signer signer) {
        return signer.sign(ParsedTransaction.signingBytes(chainId, body));
    }

    /** The signed bytes, with one signature for each of the body's signers in their order. */
    public byte[] signed(List<byte[]> signatures) {
        SignedTransaction.Builder signed = SignedTransaction.newBuilder().setBody(ByteString.copyFrom(body));
        signatures.forEach(signature -> signed.addSignatures(ByteString.copyFrom(signature)));
        return signed.build().toByteArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransactionDraft draft && Arrays.equals(body, draft.body);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "TransactionDraft[" + txId().shortHex() + "]";
    }
}
