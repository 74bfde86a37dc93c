package io.consilium.cli.devnet;

import com.google.protobuf.ByteString;
import io.consilium.cli.ContextFile;
import io.consilium.cli.devnet.DevnetParties.Party;
import io.consilium.cli.devnet.DevnetParties.Person;
import io.consilium.client.GenesisFile;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.Keystore;
import io.consilium.crypto.KeystoreException;
import io.consilium.crypto.PrivateFile;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.X25519;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.genesis.InvalidGenesisException;
import io.consilium.node.config.NodeKeys;
import io.consilium.node.process.NodeInit;
import io.consilium.node.process.NodeStartException;
import io.consilium.proto.Activity;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Founds a devnet: makes every key, the genesis that names them, each node's directory, and a context for each member.
 *
 * <p>The passwords stand beside the keystores and the key derivation is cheap: fit for a throw-away network of one
 * machine only.
 */
final class DevnetFounding {
    private static final String HOST = "127.0.0.1";
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 12_000;
    private static final int MAX_PORT_ATTEMPTS = 200;
    private static final String INSTITUTION = "institution";
    private static final int PASSWORD_BYTES = 16;
    private static final long PERMIT_AGE_MILLIS = 15 * 60 * 1000;
    private static final int MAX_TRANSACTION_BYTES = 256 * 1024;
    private static final int MAX_BLOCK_BYTES = 4 * 1024 * 1024;

    /** Executed well within a round also by four nodes on two cores: a round that ends before has its block built again. */
    private static final int MAX_BLOCK_TRANSACTIONS = 1_000;

    private final BreakGlassTimes breakGlass;
    private final DevnetLayout layout;
    private final List<Party> parties;
    private final long nowMillis;
    private final Map<String, NodeKeys> nodeKeys = new HashMap<>();
    private final SecureRandom random = new SecureRandom();

    DevnetFounding(Path directory, int nodes, BreakGlassTimes breakGlass, long nowMillis) {
        this.breakGlass = breakGlass;
        this.layout = new DevnetLayout(directory);
        this.parties = DevnetParties.of(nodes);
        this.nowMillis = nowMillis;
    }

    /** Writes everything and answers with the nodes, none of them started. */
    List<DevnetNode> found() throws IOException, KeystoreException, NodeStartException {
        PrivateFile.directories(layout.directory());
        List<DevnetNode> nodes = places();
        GenesisDocument.Builder genesis = GenesisDocument.newBuilder()
                .setVersion(1)
                .setName("devnet")
                .setTimeMillis(nowMillis)
                .setParameters(breakGlass
                        .set(ChainParameters.newBuilder())
                        .setPermitAgeMillis(PERMIT_AGE_MILLIS)
                        .setMaxTransactionBytes(MAX_TRANSACTION_BYTES)
                        .setMaxBlockBytes(MAX_BLOCK_BYTES)
                        .setMaxBlockTransactions(MAX_BLOCK_TRANSACTIONS));
        Map<String, ContextFile.Entry> contexts = new LinkedHashMap<>();
        List<InstitutionState> institutions = new ArrayList<>();
        List<MemberState> members = new ArrayList<>();
        for (Party party : parties) {
            institutions.add(institution(party, nodes));
            if (party.node() > 0) {
                genesis.addValidators(party.id());
            }
            URI api = nodes.get(DevnetParties.nodeOf(party, parties) - 1).api();
            for (Person person : party.people()) {
                members.add(member(party, person));
                contexts.put(party.memberId(person), context(party, person, api));
            }
        }
        institutions.stream()
                .sorted(Comparator.comparing(InstitutionState::getId))
                .forEach(genesis::addInstitutions);
        members.stream().sorted(Comparator.comparing(MemberState::getId)).forEach(genesis::addMembers);
        Files.write(layout.genesis(), GenesisFile.of(stateOf(genesis.build())).encode());
        for (DevnetNode node : nodes) {
            initialise(node);
        }
        new ContextFile(Optional.of("st-mary/admin"), contexts).write(layout.directory());
        return nodes;
    }

    private static GenesisState stateOf(GenesisDocument document) {
        try {
            return GenesisState.of(document);
        } catch (InvalidGenesisException broken) {
            throw new IllegalStateException("the devnet's own genesis is invalid: " + broken.getMessage(), broken);
        }
    }

    /** Two free ports a node. All are held open until all are found, so that they differ. */
    private List<DevnetNode> places() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        List<DevnetNode> nodes = new ArrayList<>();
        try {
            for (Party party : parties) {
                if (party.node() > 0) {
                    held.add(freePort());
                    int api = held.get(held.size() - 1).getLocalPort();
                    held.add(freePort());
                    int peer = held.get(held.size() - 1).getLocalPort();
                    nodes.add(new DevnetNode(
                            party.node(),
                            party.id(),
                            URI.create("https://" + HOST + ":" + api),
                            HOST + ":" + peer,
                            0,
                            0,
                            layout.node(party.node(), party.id())));
                }
            }
            return nodes;
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    /**
     * A random port below those that the system gives to outgoing connections, so that none of these takes it before the
     * node is up, or while it is down.
     */
    private ServerSocket freePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = FIRST_PORT + random.nextInt(PORTS);
            try {
                return new ServerSocket(port, 1, InetAddress.getByName(HOST));
            } catch (BindException taken) {
                if (attempt == MAX_PORT_ATTEMPTS) {
                    throw new IOException("no port from " + FIRST_PORT + " on is free", taken);
                }
            }
        }
    }

    private InstitutionState institution(Party party, List<DevnetNode> nodes) throws IOException, KeystoreException {
        InstitutionState.Builder state = InstitutionState.newBuilder()
                .setId(party.id())
                .setLegalName(party.legalName())
                .addAllRoles(party.roles())
                .setGln(party.gln())
                .addAllCompanyPrefixes(party.companyPrefixes())
                .setActivity(Activity.ACTIVE)
                .setVersion(1);
        NodeKeys keys = NodeKeys.generate(random);
        state.setSigningKey(ed25519(keys.institutionSigning().publicKey()))
                .setEncryptionKey(x25519(keys.institutionEncryption()));
        if (party.node() == 0) {
            // It runs no node yet: its own keys wait beside those of its people.
            Path keystore = layout.key(party.id(), INSTITUTION);
            PrivateFile.directoriesOf(keystore);
            String password = password(layout.password(party.id(), INSTITUTION));
            keys.write(keystore, password.toCharArray(), Keystore.Cost.DEVNET);
            return state.build();
        }
        DevnetNode node = nodes.get(party.node() - 1);
        nodeKeys.put(party.id(), keys);
        state.setApiEndpoint(node.api().toString())
                .setPeerEndpoint(node.p2p())
                .setPeerTlsKey(ed25519(keys.peerTlsKey()))
                .setApiTlsSpkiSha256(ByteString.copyFrom(keys.apiTlsSpkiSha256().toBytes()))
                .setValidatorKey(ed25519(keys.validator().publicKey()));
        return state.build();
    }

    private MemberState member(Party party, Person person) throws IOException, KeystoreException {
        KeyPair signing = KeyPair.generate(random);
        X25519KeyPair encryption = X25519.generate(random);
        Path keystore = layout.key(party.id(), person.handle());
        PrivateFile.directoriesOf(keystore);
        String password = password(layout.password(party.id(), person.handle()));
        Keystore.write(
                keystore,
                password.toCharArray(),
                Keystore.Cost.DEVNET,
                new Keystore.Secrets(Map.of(
                        Keystore.Secrets.SIGNING,
                        signing.seed(),
                        Keystore.Secrets.ENCRYPTION,
                        encryption.privateKey())));
        return MemberState.newBuilder()
                .setId(party.memberId(person))
                .addAllRoles(person.roles())
                .addKeys(MemberKeys.newBuilder()
                        .setSigningKey(ed25519(signing.publicKey()))
                        .setEncryptionKey(x25519(encryption)))
                .setActivity(Activity.ACTIVE)
                .setVersion(1)
                .build();
    }

    private ContextFile.Entry context(Party party, Person person, URI api) {
        Path home = layout.directory();
        return new ContextFile.Entry(
                Optional.of(api.toString()),
                Optional.of(party.memberId(person)),
                Optional.of(
                        home.relativize(layout.key(party.id(), person.handle())).toString()),
                Optional.of(home.relativize(layout.password(party.id(), person.handle()))
                        .toString()),
                Optional.of(home.relativize(layout.genesis()).toString()));
    }

    private void initialise(DevnetNode node) throws NodeStartException {
        NodeInit.create(
                node.dataDir(),
                node.id(),
                layout.genesis(),
                Objects.requireNonNull(nodeKeys.get(node.id())),
                freshPassword().toCharArray(),
                Keystore.Cost.DEVNET,
                Map.of(
                        "api.host",
                        HOST,
                        "api.port",
                        Integer.toString(node.api().getPort()),
                        "peers.host",
                        HOST,
                        "peers.port",
                        node.p2p().substring(node.p2p().lastIndexOf(':') + 1)),
                NodeInit.Joining.AT_GENESIS);
    }

    private String freshPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** A fresh random password, written to the file. */
    private String password(Path file) throws IOException {
        String password = freshPassword();
        PrivateFile.replace(file, (password + "\n").getBytes(StandardCharsets.UTF_8));
        return password;
    }

    private static KeyValue ed25519(PublicKey key) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.ED25519)
                .setKey(ByteString.copyFrom(key.bytes()))
                .build();
    }

    private static KeyValue x25519(X25519KeyPair keys) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(ByteString.copyFrom(keys.publicKey()))
                .build();
    }
}
