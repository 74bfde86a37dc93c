package io.consilium.client;

import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PrivateFile;
import io.consilium.ledger.genesis.GenesisFacts;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.genesis.InvalidGenesisException;
import io.consilium.ledger.proof.TrustRoot;
import io.consilium.proto.GenesisDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file {@code genesis.json}: the chain id and the canonical bytes that it is the hash of. It is public, and what
 * every proof is checked against.
 */
public final class GenesisFile {
    public static final String NAME = "genesis.json";

    private static final int MAX_BYTES = 2 * GenesisState.MAX_BYTES;

    private final GenesisFacts facts;

    private GenesisFile(GenesisFacts facts) {
        this.facts = facts;
    }

    public static GenesisFile of(GenesisState state) {
        return new GenesisFile(new GenesisFacts(state.document(), state.chainId(), state.validators()));
    }

    /**
     * Reads the file and checks that its chain id is the hash of its content; {@link #state} checks the content.
     *
     * @throws ClientException exit 2 for a file that cannot be read, 9 for one that contradicts itself
     */
    public static GenesisFile read(Path file) throws ClientException {
        byte[] bytes;
        try {
            bytes = PrivateFile.read(file, MAX_BYTES);
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "GENESIS_UNREADABLE",
                            "The genesis file " + file + " cannot be read: " + PrivateFile.reason(failed),
                            "Check --genesis or the context")
                    .causedBy(failed);
        }
        return parse(bytes, file.toString());
    }

    /** @param name of the file, for messages */
    public static GenesisFile parse(byte[] bytes, String name) throws VerificationFailed {
        try {
            JsonFields fields = JsonFields.of(JsonReader.read(bytes), "");
            Hash claimed = Hash.fromHex(fields.text("chainId"));
            GenesisFile genesis = new GenesisFile(GenesisFacts.read(fields.base64("genesis")));
            fields.end();
            if (!genesis.chainId().equals(claimed)) {
                throw invalid(name, "its chain id is not the hash of its content");
            }
            if (!Arrays.equals(genesis.encode(), bytes)) {
                throw invalid(name, "it is not spelled as genesis files are");
            }
            return genesis;
        } catch (JsonException malformed) {
            throw invalid(name, malformed.getMessage() + " (" + malformed.path() + ")");
        } catch (InvalidGenesisException | IllegalArgumentException malformed) {
            throw invalid(name, String.valueOf(malformed.getMessage()));
        }
    }

    private static VerificationFailed invalid(String name, String reason) {
        return new VerificationFailed(
                "GENESIS_INVALID",
                name + " is no valid genesis file: " + reason,
                "Get it again from an institution that you trust and compare the chain id");
    }

    /** The one spelling of the file. */
    public byte[] encode() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("chainId", chainId().hex());
        object.put("genesis", Base64.getEncoder().encodeToString(document().toByteArray()));
        return (JsonWriter.indented(object) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    public Hash chainId() {
        return facts.chainId();
    }

    public GenesisDocument document() {
        return facts.document();
    }

    /** The state at height 0, with every check that a chain is founded with. */
    public GenesisState state() throws VerificationFailed {
        try {
            return GenesisState.of(document());
        } catch (InvalidGenesisException invalid) {
            throw invalid("The genesis", String.valueOf(invalid.getMessage()));
        }
    }

    /** What proofs are checked from. */
    public TrustRoot trustRoot() {
        return new TrustRoot(facts.chainId(), facts.validators());
    }

    /** The nodes of the founding institutions. */
    public NodeDirectory directory() {
        return NodeDirectory.of(document());
    }

    /** A document from its readable JSON form. */
    public static GenesisDocument document(Object tree) throws MalformedInput {
        GenesisDocument.Builder builder = GenesisDocument.newBuilder();
        ProtoJson.read(tree, builder, "");
        return builder.build();
    }
}
