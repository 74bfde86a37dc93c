package io.consilium.node.process;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.consilium.crypto.PrivateFile;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.genesis.InvalidGenesisException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;

/** Reads {@code genesis.json}: the chain id, and the canonical bytes that it is the hash of. */
public final class GenesisReader {
    private static final int MAX_BYTES = 2 * GenesisState.MAX_BYTES;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private GenesisReader() {}

    public static GenesisState read(Path file) throws NodeStartException {
        byte[] bytes;
        try {
            bytes = PrivateFile.read(file, MAX_BYTES);
        } catch (IOException e) {
            throw StartFailures.unreadable(
                    "the genesis file",
                    file,
                    PrivateFile.reason(e),
                    "copy the chain's genesis.json there, or set node.genesis",
                    e);
        }
        try {
            JsonNode json = JSON.readTree(bytes);
            if (json == null
                    || json.size() != 2
                    || !json.path("chainId").isTextual()
                    || !json.path("genesis").isTextual()) {
                throw invalid(file, "it must hold chainId and genesis and nothing else", null);
            }
            GenesisState state = GenesisState.read(
                    Base64.getDecoder().decode(json.path("genesis").textValue()));
            if (!state.chainId().hex().equals(json.path("chainId").textValue())) {
                throw invalid(file, "its chain id is not the hash of its content", null);
            }
            return state;
        } catch (InvalidGenesisException | IllegalArgumentException | IOException e) {
            throw invalid(
                    file, String.valueOf(e.getMessage()).lines().findFirst().orElse("malformed"), e);
        }
    }

    private static NodeStartException invalid(
            Path file, String reason, @org.jspecify.annotations.Nullable Throwable cause) {
        NodeStartException failure = new NodeStartException(
                NodeStartException.USAGE,
                "GENESIS_INVALID",
                file + " is no valid genesis file: " + reason,
                "get it again from an institution that you trust and compare the chain id");
        return cause == null ? failure : failure.causedBy(cause);
    }
}
