package io.consilium.ledger.provenance;

import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.sealed;
import static io.consilium.ledger.provenance.DrugWorld.DISTRIBUTOR;
import static io.consilium.ledger.provenance.DrugWorld.PACKER;
import static io.consilium.ledger.provenance.DrugWorld.PHARMACIST;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.TestChain;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCompanyKey;
import io.consilium.proto.DrugKeyGrant;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyRequest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Keys go from their owner to authorised trading partners, asked for or ahead of goods (DRU-9). */
class KeyRulesTest {
    private final DrugWorld world = new DrugWorld();

    @Test
    @DisplayName("DRU-9 a key is given by its owner to an authorised trading partner, and by nobody else")
    void dru9_keys() {
        DrugAction.Builder root = DrugAction.newBuilder()
                .setCompanyKey(
                        DrugCompanyKey.newBuilder().addSealed(sealed("helix")).addSealed(sealed(PACKER)));
        assertThat(world.act(PHARMACIST, root)).isEqualTo("RECIPIENT_NOT_ALLOWED DRU-9");
        assertThat(world.act(PHARMACIST, requesting(PHARMACIST, "r1"))).isEqualTo("COMPANY_KEY_UNKNOWN DRU-9");
        assertThat(world.act(PACKER, root)).isEqualTo("OK");
        assertThat(world.act(PACKER, root)).isEqualTo("COMPANY_KEY_EXISTS DRU-9");
        assertThat(world.act("st-mary/apothecary", requesting("st-mary/apothecary", "r2")))
                .isEqualTo("OK");
        assertThat(world.act("ethics/admin", requesting("ethics/admin", "r3"))).isEqualTo("NOT_TRADING_PARTNER DRU-9");
        assertThat(world.act(PHARMACIST, requesting(DISTRIBUTOR, "r1"))).isEqualTo("RECIPIENT_KEY_STALE DRU-9");
        assertThat(world.act(PHARMACIST, requesting(PHARMACIST, "r1"))).isEqualTo("OK");
        assertThat(world.act(PHARMACIST, requesting(PHARMACIST, "r1"))).isEqualTo("KEY_REQUEST_EXISTS DRU-9");
        DrugAction.Builder company = requesting(PHARMACIST, "r4");
        company.getKeyRequestBuilder().setKind(DrugKeyKind.DRUG_KEY_COMPANY);
        assertThat(world.act(PHARMACIST, company)).isEqualTo("OTHER_INSTITUTION DRU-9");
        DrugAction.Builder grant = DrugAction.newBuilder()
                .setKeyGrant(DrugKeyGrant.newBuilder()
                        .setRequestId(DrugBlinding.keptRequestId(
                                PHARMACIST, DrugKeyKind.DRUG_KEY_PRODUCT.getNumber(), id("r1")))
                        .setGranted(true)
                        .setEnvelope(ByteString.copyFromUtf8("sealed")));
        assertThat(world.act("st-mary", grant)).isEqualTo("OTHER_INSTITUTION DRU-9");
        assertThat(world.act("helix", grant)).isEqualTo("OK");
        assertThat(world.act("helix", grant)).isEqualTo("KEY_REQUEST_ANSWERED DRU-9");
    }

    private static DrugAction.Builder requesting(String member, String name) {
        return DrugAction.newBuilder()
                .setKeyRequest(DrugKeyRequest.newBuilder()
                        .setRequestId(id(name))
                        .setOwner("helix")
                        .setKind(DrugKeyKind.DRUG_KEY_PRODUCT)
                        .setRequesterKey(TestChain.encryptionKey(member).getKey()));
    }

    @Test
    @DisplayName("DRU-9 a maker's people give a product's key to a trading partner who has not asked, to nobody else")
    void dru9_givenProductKey() {
        world.act(
                PACKER,
                DrugAction.newBuilder()
                        .setCompanyKey(DrugCompanyKey.newBuilder().addSealed(TestChain.sealed(PACKER))));
        assertThat(world.act(PACKER, giving(PHARMACIST, 1, 1))).isEqualTo("OK");
        assertThat(world.act(PACKER, giving(PHARMACIST, 1, 1))).isEqualTo("KEY_REQUEST_ANSWERED DRU-9");
        assertThat(world.act(PACKER, giving(PHARMACIST, 2, 3)))
                .as("the id is that of the number")
                .isEqualTo("KEY_REQUEST_UNKNOWN DRU-9");
        assertThat(world.act(PACKER, giving("ethics/admin", 1, 1))).isEqualTo("NOT_TRADING_PARTNER DRU-9");
        assertThat(world.act(DISTRIBUTOR, giving(PHARMACIST, 2, 2))).isEqualTo("KEY_REQUEST_UNKNOWN DRU-9");
        assertThat(world.act("helix/researcher", giving(PHARMACIST, 2, 2))).isEqualTo("OTHER_INSTITUTION DRU-9");
    }

    private static DrugAction.Builder giving(String member, int number, int idNumber) {
        ByteString key = TestChain.encryptionKey(member).getKey();
        return DrugAction.newBuilder()
                .setKeyGrant(DrugKeyGrant.newBuilder()
                        .setRequestId(DrugBlinding.givenProductRequestId("helix", member, key, idNumber))
                        .setGranted(true)
                        .setEnvelope(ByteString.copyFromUtf8("sealed"))
                        .setGivenTo(member)
                        .setGivenKey(key)
                        .setGivenProduct(number));
    }
}
