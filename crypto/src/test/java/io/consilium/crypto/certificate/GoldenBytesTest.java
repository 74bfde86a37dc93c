package io.consilium.crypto.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.MerkleProof;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bytes that validators sign and hash. They change only with a design record and a new version. */
class GoldenBytesTest {
    private final ValidatorSet set = Samples.set(4);

    @Test
    void validatorSet() throws Exception {
        assertGolden("validator-set", set.encode());
        assertGolden("validator-set-hash", set.hash().toBytes());
    }

    @Test
    void blockHeader() throws Exception {
        assertGolden("block-header", Samples.header(set).encode());
        assertGolden("block-header-hash", Samples.header(set).hash().toBytes());
        assertGolden("first-block-header", Samples.firstHeader(set).encode());
    }

    @Test
    void quorumCertificate() throws Exception {
        assertGolden(
                "quorum-certificate",
                Samples.quorum(set, VoteType.PREPARE, 7, 2, 0, 2, 3).encode());
    }

    @Test
    void timeoutCertificate() throws Exception {
        List<TimeoutVote> votes = List.of(
                Samples.timeout(set, 7, 5, 0, -1), Samples.timeout(set, 7, 5, 1, 2), Samples.timeout(set, 7, 5, 3, 0));
        Optional<QuorumCertificate> highest = Optional.of(Samples.quorum(set, VoteType.PREPARE, 7, 2, 0, 2, 3));
        assertGolden("timeout-certificate", new TimeoutCertificate(7, 5, votes, highest).encode());
    }

    @Test
    void voteBytes() throws Exception {
        assertGolden("vote-propose", VoteBytes.of(Samples.CHAIN, set, VoteType.PROPOSE, 7, 2, Samples.BLOCK));
        assertGolden("vote-prepare", VoteBytes.of(Samples.CHAIN, set, VoteType.PREPARE, 7, 2, Samples.BLOCK));
        assertGolden("vote-commit", VoteBytes.of(Samples.CHAIN, set, VoteType.COMMIT, 7, 2, Samples.BLOCK));
        assertGolden("vote-timeout", VoteBytes.timeout(Samples.CHAIN, set, 7, 2, 1));
        assertGolden("vote-timeout-none", VoteBytes.timeout(Samples.CHAIN, set, 7, 2, -1));
    }

    @Test
    void merkleProof() throws Exception {
        assertGolden(
                "merkle-proof",
                new MerkleProof(4, 7, List.of(Samples.hash(1), Samples.hash(2), Samples.hash(3))).encode());
    }

    private static void assertGolden(String name, byte[] actual) throws IOException {
        try (InputStream stream = GoldenBytesTest.class.getResourceAsStream("/golden/" + name + ".hex")) {
            String golden = stream == null
                    ? "no file golden/" + name + ".hex"
                    : new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(lines(actual)).as(name).isEqualTo(golden);
        }
    }

    /** 32 bytes a line. */
    private static String lines(byte[] bytes) {
        StringBuilder out = new StringBuilder();
        for (int from = 0; from < bytes.length; from += 32) {
            byte[] line = Arrays.copyOfRange(bytes, from, Math.min(from + 32, bytes.length));
            out.append(HexFormat.of().formatHex(line)).append('\n');
        }
        return out.toString();
    }
}
