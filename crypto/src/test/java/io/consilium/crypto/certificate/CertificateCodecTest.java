package io.consilium.crypto.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Every encoding reads back, and there is one encoding of a value. */
class CertificateCodecTest {
    private interface Decoder {
        Object decode(byte[] bytes) throws MalformedException;
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void validatorSets(@ForAll("sets") ValidatorSet set, @ForAll int at, @ForAll byte change) throws Exception {
        assertCanonical(set, set.encode(), bytes -> ValidatorSet.decode(bytes), at, change);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void quorumCertificates(@ForAll("quorums") QuorumCertificate qc, @ForAll int at, @ForAll byte change)
            throws Exception {
        assertCanonical(qc, qc.encode(), bytes -> QuorumCertificate.decode(bytes), at, change);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void timeoutCertificates(@ForAll("timeouts") TimeoutCertificate tc, @ForAll int at, @ForAll byte change)
            throws Exception {
        assertCanonical(tc, tc.encode(), bytes -> TimeoutCertificate.decode(bytes), at, change);
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void blockHeaders(@ForAll("headers") BlockHeader header, @ForAll int at, @ForAll byte change) throws Exception {
        assertCanonical(header, header.encode(), bytes -> BlockHeader.decode(bytes), at, change);
        assertThat(BlockHeader.decode(header.encode()).hash()).isEqualTo(header.hash());
    }

    private static void assertCanonical(Object value, byte[] encoded, Decoder decoder, int at, byte change)
            throws MalformedException {
        Object decoded = decoder.decode(encoded);
        assertThat(decoded).isEqualTo(value).hasSameHashCodeAs(value);
        assertThat(encode(decoded)).isEqualTo(encoded);
        byte[] changed = encoded.clone();
        changed[Math.floorMod(at, encoded.length)] ^= change == 0 ? 1 : change;
        try {
            Object other = decoder.decode(changed);
            assertThat(other).isNotEqualTo(value);
            assertThat(encode(other)).isEqualTo(changed);
        } catch (MalformedException refused) {
            assertThat(refused).hasMessageContaining(":");
        }
        assertThatThrownBy(() -> decoder.decode(Arrays.copyOf(encoded, encoded.length + 1)))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> decoder.decode(Arrays.copyOf(encoded, Math.floorMod(at, encoded.length))))
                .isInstanceOf(MalformedException.class);
    }

    private static byte[] encode(Object value) {
        if (value instanceof ValidatorSet set) {
            return set.encode();
        }
        if (value instanceof QuorumCertificate qc) {
            return qc.encode();
        }
        return value instanceof TimeoutCertificate tc ? tc.encode() : ((BlockHeader) value).encode();
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void arbitraryBytesAreRefusedOrCanonical(@ForAll byte[] bytes) {
        for (Decoder decoder : List.<Decoder>of(
                ValidatorSet::decode, QuorumCertificate::decode, TimeoutCertificate::decode, BlockHeader::decode)) {
            try {
                assertThat(encode(decoder.decode(bytes))).isEqualTo(bytes);
            } catch (MalformedException refused) {
                assertThat(refused).hasMessageContaining(":");
            }
        }
    }

    private static Arbitrary<byte[]> bytes(int size) {
        return Arbitraries.bytes().array(byte[].class).ofSize(size);
    }

    private static Arbitrary<Hash> hashes() {
        return bytes(32).map(Hash::of);
    }

    private static Arbitrary<List<Integer>> signers() {
        return Arbitraries.integers()
                .between(0, 127)
                .set()
                .ofMinSize(1)
                .ofMaxSize(9)
                .map(set -> set.stream().sorted().toList());
    }

    @Provide
    Arbitrary<ValidatorSet> sets() {
        Arbitrary<List<byte[]>> keys =
                bytes(32).list().uniqueElements(Arrays::hashCode).ofMinSize(1).ofMaxSize(20);
        return Combinators.combine(Arbitraries.longs().greaterOrEqual(0), keys)
                .as((epoch, raw) -> new ValidatorSet(
                        epoch,
                        IntStream.range(0, raw.size())
                                .mapToObj(i -> new Validator("clinic-" + i, PublicKey.ed25519(raw.get(i))))
                                .toList()));
    }

    private static Arbitrary<QuorumCertificate> quorum(VoteType type, long height, int round, Hash block) {
        return signers().flatMap(signers -> bytes(64)
                .list()
                .ofSize(signers.size())
                .map(signatures -> new QuorumCertificate(type, height, round, block, signers, signatures)));
    }

    @Provide
    Arbitrary<QuorumCertificate> quorums() {
        return Combinators.combine(
                        Arbitraries.of(VoteType.PREPARE, VoteType.COMMIT),
                        Arbitraries.longs().greaterOrEqual(1),
                        Arbitraries.integers().greaterOrEqual(0),
                        hashes())
                .flatAs(CertificateCodecTest::quorum);
    }

    @Provide
    Arbitrary<TimeoutCertificate> timeouts() {
        return Combinators.combine(
                        Arbitraries.longs().greaterOrEqual(1),
                        Arbitraries.integers().between(0, 1000),
                        signers())
                .flatAs((height, round, signers) -> Combinators.combine(
                                Arbitraries.integers().between(-1, round).list().ofSize(signers.size()),
                                bytes(64).list().ofSize(signers.size()))
                        .flatAs((qcRounds, signatures) -> timeout(height, round, signers, qcRounds, signatures)));
    }

    private static Arbitrary<TimeoutCertificate> timeout(
            long height, int round, List<Integer> signers, List<Integer> qcRounds, List<byte[]> signatures) {
        List<TimeoutVote> votes = IntStream.range(0, signers.size())
                .mapToObj(i -> new TimeoutVote(signers.get(i), qcRounds.get(i), signatures.get(i)))
                .toList();
        int highest = qcRounds.stream().mapToInt(Integer::intValue).max().orElse(-1);
        if (highest < 0) {
            return Arbitraries.just(new TimeoutCertificate(height, round, votes, Optional.empty()));
        }
        return quorum(VoteType.PREPARE, height, highest, Samples.BLOCK)
                .map(qc -> new TimeoutCertificate(height, round, votes, Optional.of(qc)));
    }

    @Provide
    Arbitrary<BlockHeader> headers() {
        Arbitrary<List<Hash>> roots = hashes().list().ofSize(5);
        return Combinators.combine(
                        Arbitraries.longs().greaterOrEqual(1),
                        hashes(),
                        hashes(),
                        roots,
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.integers().between(0, 127))
                .flatAs(CertificateCodecTest::header);
    }

    private static Arbitrary<BlockHeader> header(
            long height, Hash chain, Hash parent, List<Hash> roots, long time, int proposer) {
        Arbitrary<Optional<QuorumCertificate>> qc = height == 1
                ? Arbitraries.just(Optional.empty())
                : quorum(VoteType.COMMIT, height - 1, 3, parent).map(Optional::of);
        return qc.map(parentQc -> new BlockHeader(
                1,
                chain,
                height,
                height == 1 ? chain : parent,
                parentQc,
                roots.get(0),
                roots.get(1),
                roots.get(2),
                roots.get(3),
                roots.get(4),
                time,
                proposer));
    }
}
