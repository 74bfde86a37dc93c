package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.client.KeyLedger.Person;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.state.StateKey;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCompanyState;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberState;
import io.consilium.proto.SealedFor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who gets which key of products and containers, from whom, and what it costs (DRU-9). */
class BlindingKeysTest {
    private static final String GTIN = "00614141123452";
    private static final String OTHER_GTIN = "00614141999996";
    private static final String SSCC = "006141410000000012";

    private final byte[] makersRoot = "a root of thirty-two bytes, here".getBytes(StandardCharsets.US_ASCII);
    private final Person packer = KeyLedger.person("helix/packer");
    private final Person pharmacist = KeyLedger.person("northside/pharmacist");
    private KeyLedger ledger;

    @BeforeEach
    void start() throws Exception {
        ledger = new KeyLedger();
        ledger.institution("northside", false);
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    /** A maker of which the chain knows that it has products. */
    private void maker(boolean runsANode) {
        ledger.institution("helix", runsANode);
        ledger.put(DrugKeys.company("helix"), DrugCompanyState.getDefaultInstance());
        ledger.owner = subject -> switch (subject) {
            case "" -> Optional.of(DrugBlinding.logisticsKey(makersRoot));
            case GTIN -> Optional.of(DrugBlinding.productKey(makersRoot, GTIN));
            default -> Optional.empty();
        };
    }

    private ByteString product(String gtin) {
        return DrugBlinding.productId("helix", DrugBlinding.productKey(makersRoot, gtin));
    }

    private static void fails(ThrowingCallable call, FailureClass kind, String code, String hint) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ClientException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.hint()).contains(hint);
        });
    }

    @Test
    @DisplayName("DRU-9 a company draws its root once, for its node and all who have keys; they derive the same keys")
    void dru9_root() throws Exception {
        Person colleague = KeyLedger.person("helix/admin");
        MemberState unusable = Person.unusable("helix/old");
        InstitutionState helix = ledger.institution("helix", true);
        assertThat(ledger.keys(packer).logistics("helix")).isEmpty();
        ledger.acts.clear();
        ledger.keys(packer).found(helix, List.of(packer.state(), colleague.state(), unusable));
        ledger.keys(colleague).found(helix, List.of(colleague.state()));
        assertThat(ledger.acts).singleElement().satisfies(act -> assertThat(
                        act.getCompanyKey().getSealedList())
                .extracting(SealedFor::getRecipient)
                .containsExactly("helix", "helix/packer", "helix/admin"));
        BlindingKey own = ledger.keys(packer).product("helix", GTIN).orElseThrow();
        BlindingKey same = ledger.keys(colleague).product("helix", GTIN).orElseThrow();
        assertThat(same.itemId("1")).isEqualTo(own.itemId("1"));
        assertThat(ledger.keys(colleague)
                        .product("helix", OTHER_GTIN)
                        .orElseThrow()
                        .itemId("1"))
                .isNotEqualTo(own.itemId("1"));
        assertThat(ledger.keys(colleague).logistics("helix").orElseThrow().containerId(SSCC))
                .isEqualTo(ledger.keys(packer)
                        .logisticsAtHand("helix")
                        .orElseThrow()
                        .containerId(SSCC));
        assertThat(ledger.acts).as("nobody had to ask").hasSize(1);
    }

    @Test
    @DisplayName(
            "DRU-9 who came after the root was drawn asks the company's node for it, or a colleague where it has none")
    void dru9_laterColleague() throws Exception {
        Person later = KeyLedger.person("helix/later");
        maker(true);
        ledger.owner = subject -> Optional.of(makersRoot);
        assertThat(ledger.keys(later).logisticsAtHand("helix"))
                .as("nobody is asked")
                .isEmpty();
        assertThat(ledger.acts).isEmpty();
        assertThat(ledger.keys(later).product("helix", GTIN).orElseThrow().productId())
                .isEqualTo(product(GTIN));
        assertThat(ledger.requests(DrugKeyKind.DRUG_KEY_COMPANY)).isEqualTo(1);
        assertThat(ledger.keys(later).logisticsAtHand("helix")).as("since then").isPresent();
        ledger.institution("helix", false);
        Person last = KeyLedger.person("helix/last");
        fails(
                () -> ledger.keys(last).product("helix", GTIN),
                FailureClass.UNREACHABLE,
                BlindingKeys.ROOT_NOT_GIVEN,
                "colleague");
    }

    @Test
    @DisplayName("DRU-9 a partner asks a maker's node once, for a product that it names to the maker alone")
    void dru9_askedOnce() throws Exception {
        maker(true);
        BlindingKeys keys = ledger.keys(pharmacist);
        assertThat(keys.product("helix", GTIN).orElseThrow().productId()).isEqualTo(product(GTIN));
        assertThat(ledger.acts).singleElement().satisfies(act -> assertThat(
                        new String(act.toByteArray(), StandardCharsets.ISO_8859_1))
                .doesNotContain(GTIN));
        int reads = ledger.reads;
        keys.product("helix", GTIN);
        assertThat(ledger.reads).as("known").isEqualTo(reads);
        ledger.ownerIsAway = true;
        assertThat(ledger.keys(pharmacist).product("helix", GTIN)).as("kept").isPresent();
        assertThat(ledger.reads).isEqualTo(reads);
        ledger.kept.clear();
        assertThat(ledger.keys(pharmacist).product("helix", GTIN))
                .as("on chain")
                .isPresent();
        assertThat(ledger.acts).hasSize(1);
    }

    @Test
    @DisplayName("DRU-9 a product that its maker does not have is answered so, and asked for anew the next time")
    void dru9_noSuchProduct() throws Exception {
        maker(true);
        for (int asked = 1; asked <= 2; asked++) {
            assertThat(ledger.keys(pharmacist).product("helix", OTHER_GTIN)).isEmpty();
            assertThat(ledger.requests(DrugKeyKind.DRUG_KEY_PRODUCT)).isEqualTo(asked);
        }
        ledger.institution("orion", true);
        assertThat(ledger.keys(pharmacist).product("orion", GTIN))
                .as("who has no products at all is not waited for")
                .isEmpty();
    }

    @Test
    @DisplayName("DRU-9 a maker's node that is away is waited for no longer than told, and asked once")
    void dru9_ownerIsAway() {
        maker(true);
        ledger.ownerIsAway = true;
        for (int again = 0; again < 2; again++) {
            fails(
                    () -> ledger.keys(pharmacist, Duration.ofMillis(1)).product("helix", GTIN),
                    FailureClass.UNREACHABLE,
                    "KEY_NOT_GRANTED",
                    "try again");
        }
        assertThat(ledger.acts).as("the request stands").hasSize(1);
    }

    @Test
    @DisplayName("DRU-9 an answer that does not open is told to be so, not taken for none")
    void dru9_unreadableAnswer() throws Exception {
        maker(true);
        ledger.keys(pharmacist).logistics("helix");
        Map.Entry<StateKey, byte[]> grant = ledger.objects.entrySet().stream()
                .filter(each -> each.getKey().text().startsWith("drug-key/"))
                .findFirst()
                .orElseThrow();
        DrugKeyState other = KeyLedger.parsed(grant.getValue()).toBuilder()
                .setEnvelope(ByteString.copyFrom(new byte[80]))
                .build();
        ledger.put(grant.getKey(), other);
        ledger.kept.clear();
        fails(
                () -> ledger.keys(pharmacist).logistics("helix"),
                FailureClass.VERIFICATION_FAILED,
                "KEY_UNREADABLE",
                "owner");
    }

    @Test
    @DisplayName("DRU-9 what was kept and is damaged, or is another's, is read from the chain again")
    void dru9_damagedKeptKeys() throws Exception {
        maker(true);
        ledger.keys(pharmacist).product("helix", GTIN);
        ledger.keys(pharmacist).logistics("helix");
        Map<StateKey, byte[]> good = Map.copyOf(ledger.kept);
        assertThat(good).hasSize(2);
        List<byte[]> values = List.copyOf(good.values());
        for (byte[] damaged : List.of(new byte[0], new byte[] {1, 2, 3}, values.get(0), values.get(1))) {
            ledger.kept.replaceAll((key, value) -> damaged);
            assertThat(ledger.keys(pharmacist)
                            .product("helix", GTIN)
                            .orElseThrow()
                            .productId())
                    .isEqualTo(product(GTIN));
            assertThat(ledger.keys(pharmacist).logistics("helix").orElseThrow().containerId(SSCC))
                    .isEqualTo(DrugBlinding.containerId("helix", DrugBlinding.logisticsKey(makersRoot), SSCC));
        }
        assertThat(ledger.acts).hasSize(2);
    }

    /** The people of a maker that runs no node, with a root and two products. */
    private BlindingKeys nodeless() throws Exception {
        InstitutionState helix = ledger.institution("helix", false);
        BlindingKeys keys = ledger.keys(packer);
        keys.found(helix, List.of(packer.state()));
        for (String gtin : List.of(OTHER_GTIN, GTIN)) {
            BlindingKey key = keys.product("helix", gtin).orElseThrow();
            ledger.products.put(key.productId(), key.seal("{\"gtin\":\"" + gtin + "\"}"));
        }
        ledger.acts.clear();
        return keys;
    }

    @Test
    @DisplayName("DRU-9 a maker without a node gives a product's key by hand, once to each, and that product's alone")
    void dru9_givenProduct() throws Exception {
        BlindingKeys makers = nodeless();
        fails(
                () -> ledger.keys(pharmacist).product("helix", GTIN),
                FailureClass.UNREACHABLE,
                "KEY_NOT_GRANTED",
                "drug product grant");
        makers.giveProduct("helix", OTHER_GTIN, List.of(pharmacist.state()));
        fails(
                () -> ledger.keys(pharmacist).product("helix", GTIN),
                FailureClass.UNREACHABLE,
                "KEY_NOT_GRANTED",
                "drug product grant");
        for (int again = 0; again < 2; again++) {
            makers.giveProduct("helix", GTIN, List.of(pharmacist.state()));
        }
        assertThat(ledger.acts)
                .extracting(act -> act.getKeyGrant().getGivenProduct())
                .containsExactly(1, 2);
        for (String gtin : List.of(GTIN, OTHER_GTIN)) {
            assertThat(ledger.keys(pharmacist)
                            .product("helix", gtin)
                            .orElseThrow()
                            .itemId("1"))
                    .isEqualTo(makers.product("helix", gtin).orElseThrow().itemId("1"));
        }
        Person stranger = KeyLedger.person("northside/other");
        fails(
                () -> ledger.keys(stranger).product("helix", GTIN),
                FailureClass.UNREACHABLE,
                "KEY_NOT_GRANTED",
                "drug product grant");
    }

    @Test
    @DisplayName("DRU-9 the keys of containers and of what events say go ahead of goods, each to its reader, once")
    void dru9_givenWithGoods() throws Exception {
        BlindingKeys makers = nodeless();
        assertThat(ledger.keys(pharmacist).details("helix")).isEmpty();
        fails(
                () -> ledger.keys(pharmacist).logistics("helix"),
                FailureClass.UNREACHABLE,
                "KEY_NOT_GRANTED",
                "comes with");
        ledger.acts.clear();
        ledger.objects.keySet().removeIf(key -> key.text().startsWith("drug-key/"));
        MemberState unusable = Person.unusable("northside/old");
        for (int again = 0; again < 2; again++) {
            makers.giveLogistics("helix", List.of(pharmacist.state(), unusable));
            makers.giveDetails("helix", "northside", List.of(pharmacist.state()));
        }
        assertThat(ledger.acts).hasSize(2).allMatch(DrugAction::hasKeyGrant);
        assertThat(ledger.keys(pharmacist)
                        .logisticsAtHand("helix")
                        .orElseThrow()
                        .containerId(SSCC))
                .isEqualTo(makers.logistics("helix").orElseThrow().containerId(SSCC));
        ByteString sealed = makers.ownDetails("northside").orElseThrow().seal("room 4");
        assertThat(ledger.keys(pharmacist).details("helix").orElseThrow().open(sealed))
                .contains("room 4");
        assertThat(makers.details("helix").orElseThrow().open(sealed))
                .as("each reader has a key of its own")
                .isEmpty();
    }

    @Test
    @DisplayName("DRU-9 a company without products gives nothing, and says what comes first")
    void dru9_nothingToGive() throws Exception {
        ledger.institution("helix", false);
        BlindingKeys makers = ledger.keys(packer);
        makers.giveLogistics("helix", List.of(pharmacist.state()));
        makers.giveDetails("helix", "northside", List.of(pharmacist.state()));
        assertThat(ledger.acts).isEmpty();
        fails(
                () -> makers.giveProduct("helix", GTIN, List.of(pharmacist.state())),
                FailureClass.NOT_FOUND,
                "COMPANY_KEY_UNKNOWN",
                "drug product add");
    }
}
