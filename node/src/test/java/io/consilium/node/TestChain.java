package io.consilium.node;

import com.google.protobuf.ByteString;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.X25519;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.genesis.InvalidGenesisException;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Activity;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import java.util.List;
import java.util.stream.IntStream;

/** A real genesis of a few hospitals, with every key that its tests need. */
public final class TestChain {
    public static final long GENESIS_MILLIS = 1_700_000_000_000L;
    public static final int MAX_BLOCK_TRANSACTIONS = 500;

    private final GenesisState genesis;
    private final List<String> names;

    private TestChain(GenesisState genesis, List<String> names) {
        this.genesis = genesis;
        this.names = names;
    }

    /** Institutions h0, h1, … listen on 127.0.0.1 and the given ports; all of them are validators. */
    public static TestChain of(List<Integer> ports) {
        List<String> names =
                IntStream.range(0, ports.size()).mapToObj(i -> "h" + i).toList();
        GenesisDocument.Builder document = GenesisDocument.newBuilder()
                .setVersion(1)
                .setName("test")
                .setTimeMillis(GENESIS_MILLIS)
                .addAllValidators(names)
                .setParameters(ChainParameters.newBuilder()
                        .setPermitAgeMillis(900_000)
                        .setMaxTransactionBytes(262_144)
                        .setMaxBlockBytes(2 << 20)
                        .setMaxBlockTransactions(MAX_BLOCK_TRANSACTIONS));
        for (int i = 0; i < ports.size(); i++) {
            document.addInstitutions(InstitutionState.newBuilder()
                    .setId("h" + i)
                    .setLegalName("Hospital " + i)
                    .addRoles("PROVIDER")
                    .setPeerEndpoint("127.0.0.1:" + ports.get(i))
                    .setSigningKey(TestTransactions.keyValue(key(i, 1)))
                    .setEncryptionKey(x25519(i))
                    .setPeerTlsKey(TestTransactions.keyValue(key(i, 2)))
                    .setValidatorKey(TestTransactions.keyValue(key(i, 3)))
                    .setActivity(Activity.ACTIVE)
                    .setVersion(1));
            document.addMembers(MemberState.newBuilder()
                    .setId("h" + i + "/admin")
                    .addRoles("ADMIN")
                    .addKeys(MemberKeys.newBuilder()
                            .setSigningKey(TestTransactions.keyValue(key(i, 4)))
                            .setEncryptionKey(x25519(100 + i)))
                    .setActivity(Activity.ACTIVE)
                    .setVersion(1));
        }
        try {
            return new TestChain(GenesisState.of(document.build()), names);
        } catch (InvalidGenesisException invalid) {
            throw new AssertionError(invalid);
        }
    }

    private static KeyValue x25519(int number) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(ByteString.copyFrom(encryption(number).publicKey()))
                .build();
    }

    /** The key pair that an institution's envelopes are sealed to; from 100 on that of its administrator. */
    public static X25519KeyPair encryption(int number) {
        byte[] key = new byte[X25519.KEY_BYTES];
        key[0] = 9;
        key[1] = (byte) number;
        return X25519.fromPrivate(key);
    }

    private static KeyPair key(int institution, int purpose) {
        return TestTransactions.key(100 * institution + purpose);
    }

    public GenesisState genesis() {
        return genesis;
    }

    public List<String> names() {
        return names;
    }

    public KeyPair peerTls(int i) {
        return key(i, 2);
    }

    public KeyPair validator(int i) {
        return key(i, 3);
    }

    /** The key that an institution's node signs transactions with. */
    public KeyPair signing(int i) {
        return key(i, 1);
    }

    public NodeIdentity identity(int i) {
        return new NodeIdentity(names.get(i), java.util.Optional.of(validator(i)), peerTls(i));
    }

    /** A no-op of the institution's administrator; the number makes it one of its own. */
    public ParsedTransaction noop(int institution, long number, long validUntilMillis) {
        return TestTransactions.noop(
                genesis.chainId(), "h" + institution + "/admin", key(institution, 4), validUntilMillis, number);
    }
}
