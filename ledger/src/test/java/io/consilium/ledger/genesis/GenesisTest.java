package io.consilium.ledger.genesis;

import static io.consilium.ledger.TestChain.signingKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.TestChain;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.state.StateTree;
import io.consilium.proto.Activity;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberState;
import io.consilium.proto.Period;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("ID-1 ID-2 genesis")
class GenesisTest {
    private static final int ST_MARY = 6;
    private static final int NORTHSIDE = 4;
    private static final int ADAMS = 16;

    private static GenesisDocument.Builder document() {
        return TestChain.document();
    }

    @Test
    void chainIdIsTheHashOfTheCanonicalBytes() throws InvalidGenesisException {
        GenesisState genesis = GenesisState.of(document().build());
        assertThat(genesis.chainId()).isEqualTo(Hash.tagged("consilium/genesis/v1", genesis.canonicalBytes()));
        assertThat(genesis.chainId().hex())
                .isEqualTo("91dc045022de609b2e13b37fd371026c861531669921130e67627950234efef7");
        assertThat(genesis.tree().root().hex())
                .isEqualTo("a583fde30792124053924064457d6a279eb47b4270d9729408ff741c700844d8");
        assertThat(GenesisState.read(genesis.canonicalBytes()).chainId()).isEqualTo(genesis.chainId());
        assertThat(GenesisState.of(document().setName("other").build()).chainId())
                .isNotEqualTo(genesis.chainId());
    }

    @Test
    void stateHoldsWhatTheDocumentSays() throws InvalidGenesisException {
        GenesisState genesis = GenesisState.of(document().build());
        LedgerState state =
                new LedgerState(key -> Optional.ofNullable(genesis.state().get(key)));
        assertThat(state.institution("st-mary")).contains(document().getInstitutions(ST_MARY));
        assertThat(state.member("st-mary/dr-adams")).contains(document().getMembers(ADAMS));
        assertThat(state.parameters()).isEqualTo(document().getParameters());
        assertThat(state.validators()).isEqualTo(genesis.validators());
        assertThat(genesis.validators().epoch()).isZero();
        assertThat(genesis.validators().validators())
                .extracting(validator -> validator.institution())
                .containsExactly("st-mary", "riverside", "helix", "medwatch");
        assertThat(genesis.validators().get(0).key())
                .isEqualTo(PublicKey.ed25519(
                        signingKey("validator st-mary").getKey().toByteArray()));
        assertThat(genesis.index())
                .hasSize(7 + 19)
                .contains(LedgerIndexes.institution("helix"), LedgerIndexes.member("helix/packer"));
        assertThat(LedgerLimits.of(document().getParameters()).maxBlockTransactions())
                .isEqualTo(5_000);
        assertThat(StateTree.prove(
                                node -> Optional.ofNullable(
                                        genesis.tree().newNodes().get(node)),
                                0,
                                genesis.tree().root(),
                                StateKeys.VALIDATORS)
                        .verify(genesis.tree().root()))
                .isTrue();
    }

    @Test
    void otherBytesAreRefused() {
        byte[] bytes = document().build().toByteArray();
        assertThatThrownBy(() -> GenesisState.read(Arrays.copyOf(bytes, bytes.length - 1)))
                .isInstanceOf(InvalidGenesisException.class);
        assertThatThrownBy(() -> GenesisState.read(document()
                        .setUnknownFields(UnknownFieldSet.newBuilder()
                                .addField(
                                        77,
                                        UnknownFieldSet.Field.newBuilder()
                                                .addVarint(1)
                                                .build())
                                .build())
                        .build()
                        .toByteArray()))
                .hasMessageContaining("does not know");
    }

    private static Arguments bad(String message, Consumer<GenesisDocument.Builder> change) {
        return arguments(message, change);
    }

    private static Arguments institution(String message, int index, Consumer<InstitutionState.Builder> change) {
        return bad(message, document -> change.accept(document.getInstitutionsBuilder(index)));
    }

    private static Arguments adams(String message, Consumer<MemberState.Builder> change) {
        return bad(message, document -> change.accept(document.getMembersBuilder(ADAMS)));
    }

    static Stream<Arguments> faults() {
        ByteString smallOrder = ByteString.copyFrom(new byte[32]);
        return Stream.of(
                bad("version is 1, not 2", document -> document.setVersion(2)),
                bad("name has 1 to 200", document -> document.setName("")),
                bad("name has 1 to 200", document -> document.setName("a\nb")),
                bad("time_millis", document -> document.setTimeMillis(0)),
                bad("institutions has 1 to", document -> document.clearInstitutions()),
                bad(
                        "institutions[st-mary] is repeated",
                        document -> document.addInstitutions(document.getInstitutions(ST_MARY))),
                bad(
                        "institutions[ethics] is repeated or out of order",
                        document -> document.addInstitutions(document.getInstitutions(0))),
                institution("institutions[St-Mary].id", ST_MARY, each -> each.setId("St-Mary")),
                institution("legal_name", ST_MARY, each -> each.setLegalName("")),
                institution("roles has at least one", ST_MARY, each -> each.clearRoles()),
                institution("unknown role HOSPITAL", ST_MARY, each -> each.setRoles(0, "HOSPITAL")),
                institution("roles is sorted", ST_MARY, each -> each.addRoles("LABORATORY")),
                institution("gln has 13 digits", ST_MARY, each -> each.setGln("0614141000013")),
                institution("gln has 13 digits", ST_MARY, each -> each.setGln("12")),
                bad("gln belongs to another", document -> {
                    document.getInstitutionsBuilder(1).setGln("0614141000012");
                    document.getInstitutionsBuilder(ST_MARY).setGln("0614141000012");
                }),
                institution("api_endpoint is an https", ST_MARY, each -> each.setApiEndpoint("http://127.0.0.1:1")),
                institution("api_tls_spki_sha256 is needed", ST_MARY, each -> each.setApiEndpoint("https://x:1")),
                institution(
                        "api_tls_spki_sha256 has 32",
                        ST_MARY,
                        each -> each.setApiTlsSpkiSha256(ByteString.copyFromUtf8("x"))),
                institution("signing_key is no Ed25519 key", ST_MARY, each -> each.clearSigningKey()),
                institution("signing_key is no Ed25519 key", ST_MARY, each -> each.getSigningKeyBuilder()
                        .setKey(smallOrder)),
                institution(
                        "encryption_key is no X25519 key",
                        ST_MARY,
                        each -> each.setEncryptionKey(each.getSigningKey())),
                institution("encryption_key is no X25519 key", ST_MARY, each -> each.getEncryptionKeyBuilder()
                        .setKey(smallOrder)),
                institution("peer_endpoint is host:port", ST_MARY, each -> each.setPeerEndpoint("127.0.0.1")),
                institution("peer_endpoint is host:port", ST_MARY, each -> each.setPeerEndpoint("h:70000")),
                institution("peer_tls_key and peer_endpoint", ST_MARY, each -> each.clearPeerTlsKey()),
                institution("peer_endpoint is needed by a validator", ST_MARY, each -> each.clearPeerTlsKey()
                        .clearPeerEndpoint()),
                institution("validators does not name", NORTHSIDE, each -> each.setPeerEndpoint("h:1")
                        .setPeerTlsKey(signingKey("t"))
                        .setValidatorKey(signingKey("v"))),
                institution("activity is ACTIVE", ST_MARY, each -> each.setActivity(Activity.SUSPENDED)),
                institution("version is 1", ST_MARY, each -> each.setVersion(2)),
                adams("members[dr-adams].id", member -> member.setId("dr-adams")),
                bad(
                        "is of an institution that is not",
                        document -> document.addMembers(
                                document.getMembers(ADAMS).toBuilder().setId("zebra/dr-adams"))),
                adams("unknown role WIZARD", member -> member.setRoles(0, "WIZARD")),
                adams("role REVIEWER, which this institution cannot give", member -> member.setRoles(0, "REVIEWER")),
                adams("keys has one entry", member -> member.clearKeys()),
                adams("keys has one entry", member -> member.addKeys(member.getKeys(0))),
                adams("keys has no period", member -> member.getKeysBuilder(0).setPeriod(Period.getDefaultInstance())),
                adams("keys.signing_key", member -> member.getKeysBuilder(0).clearSigningKey()),
                adams("keys.encryption_key", member -> member.getKeysBuilder(0).clearEncryptionKey()),
                adams("signing key of st-mary/admin", member -> member.getKeysBuilder(0)
                        .setSigningKey(signingKey("st-mary/admin"))),
                adams("activity is ACTIVE", member -> member.clearActivity()),
                adams("version is 1", member -> member.setVersion(0)),
                bad("is repeated or out of order", document -> document.addMembers(document.getMembers(0))),
                bad("institutions[ethics] needs a member with the role ADMIN", document -> document.getMembersBuilder(0)
                        .setRoles(0, "AUDITOR")),
                bad("validators has 1 to 128", document -> document.clearValidators()
                        .getInstitutionsBuilderList()
                        .forEach(InstitutionState.Builder::clearValidatorKey)),
                bad("validators names st-lucy", document -> document.setValidators(0, "st-lucy")),
                bad("validators names st-mary twice", document -> document.addValidators("st-mary")),
                bad(
                        "institutions[northside].validator_key is missing",
                        document -> document.addValidators("northside")),
                bad("validator_key is another validator's", document -> document.getInstitutionsBuilder(ST_MARY)
                        .setValidatorKey(signingKey("validator helix"))),
                bad("permit_age_millis", document -> document.getParametersBuilder()
                        .setPermitAgeMillis(10)),
                bad("max_transaction_bytes", document -> document.getParametersBuilder()
                        .setMaxTransactionBytes(262_145)),
                bad("max_block_bytes", document -> document.getParametersBuilder()
                        .setMaxBlockBytes(262_145)),
                bad("max_block_transactions", document -> document.getParametersBuilder()
                        .setMaxBlockTransactions(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void everyFaultIsNamed(String message, Consumer<GenesisDocument.Builder> change) {
        GenesisDocument.Builder document = document();
        change.accept(document);
        assertThatThrownBy(() -> GenesisState.of(document.build()))
                .isInstanceOf(InvalidGenesisException.class)
                .hasMessageStartingWith("genesis: ")
                .hasMessageContaining(message);
    }
}
