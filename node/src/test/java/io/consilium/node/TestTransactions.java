package io.consilium.node;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.Noop;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import java.nio.ByteBuffer;

/** Real signed transactions that change nothing. */
public final class TestTransactions {
    private TestTransactions() {}

    public static ParsedTransaction noop(Hash chainId, String actor, KeyPair key, long validUntilMillis, long number) {
        TransactionBody body = TransactionBody.newBuilder()
                .setChainId(ByteString.copyFrom(chainId.toBytes()))
                .setSalt(ByteString.copyFrom(
                        ByteBuffer.allocate(16).putLong(number).array()))
                .setValidUntilMillis(validUntilMillis)
                .addSigners(TransactionSigner.newBuilder().setActor(actor).setKey(keyValue(key)))
                .setNoop(Noop.getDefaultInstance())
                .build();
        return sign(chainId, body, key);
    }

    public static ParsedTransaction sign(Hash chainId, TransactionBody body, KeyPair key) {
        byte[] bytes = body.toByteArray();
        byte[] signature = key.signer().sign(ParsedTransaction.signingBytes(chainId, bytes));
        return parse(SignedTransaction.newBuilder()
                .setBody(ByteString.copyFrom(bytes))
                .addSignatures(ByteString.copyFrom(signature))
                .build()
                .toByteArray());
    }

    /** The same body with a signature that is not valid. */
    public static ParsedTransaction badlySigned(ParsedTransaction transaction) {
        return parse(SignedTransaction.newBuilder()
                .setBody(transaction.bodyBytes())
                .addSignatures(ByteString.copyFrom(new byte[64]))
                .build()
                .toByteArray());
    }

    private static ParsedTransaction parse(byte[] signed) {
        try {
            return ParsedTransaction.parse(signed);
        } catch (MalformedTransaction malformed) {
            throw new AssertionError(malformed);
        }
    }

    public static KeyValue keyValue(KeyPair key) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.ED25519)
                .setKey(ByteString.copyFrom(key.publicKey().bytes()))
                .build();
    }

    public static KeyPair key(int number) {
        return KeyPair.fromSeed(
                ByteBuffer.allocate(32).putInt(number).putInt(0x5eed).array());
    }
}
