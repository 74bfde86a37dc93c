package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.INSPECTOR;
import static io.consilium.node.api.TestNetwork.NODE;
import static io.consilium.node.api.TestNetwork.OPERATOR;
import static io.consilium.node.api.TestNetwork.PHARMACIST;
import static io.consilium.node.api.TestNetwork.RIVAL;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugFind;
import io.consilium.proto.DrugHeld;
import io.consilium.proto.DrugHolders;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugRecall;
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugSigned;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugVerification;
import io.consilium.proto.DrugVerified;
import io.consilium.proto.DrugVerify;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What a maker's node answers whether a pack is genuine and may go on: signed, with the reason, recalls included. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DrugVerificationApiTest extends DrugMaker {
    @BeforeAll
    void handOver() throws Exception {
        send();
        receive();
    }

    private DrugVerify.Builder verifying(int pack) {
        return DrugVerify.newBuilder().setProductId(product).setItemId(pack(pack));
    }

    private DrugVerified verified(String as, DrugVerify.Builder question) throws Exception {
        return ask(as, DrugRequest.newBuilder().setVerify(question)).getVerified();
    }

    /** Reason, additional information and status. */
    private List<String> told(DrugVerify.Builder question) throws Exception {
        DrugVerification answer =
                DrugVerification.parseFrom(verified(PHARMACIST, question).getVerification());
        assertThat(answer.getVerified()).isEqualTo(answer.getReason().isEmpty());
        return List.of(answer.getReason(), answer.getAdditionalInfo(), answer.getStatus());
    }

    @Test
    @Order(6)
    @DisplayName(
            "DRU-7 an answer is signed by the institution that gives it, for who asked, and no byte of it can change")
    void dru7_signedAnswer() throws Exception {
        DrugVerified signed = verified(PHARMACIST, verifying(1).setLotId(lot).setExpiryMillis(expiry));
        DrugVerification answer = DrugVerification.parseFrom(signed.getVerification());
        assertThat(answer.getVerified()).isTrue();
        assertThat(answer.getResponder()).isEqualTo(NODE);
        assertThat(answer.getRequester()).isEqualTo(PHARMACIST);
        assertThat(answer.getChainId())
                .isEqualTo(ByteString.copyFrom(net.chainId().toBytes()));
        assertThat(answer.getHeight()).isPositive();
        assertThat(answer.getTipMillis()).isPositive();
        byte[] bytes = signed.getVerification().toByteArray();
        String tag = "consilium/drug-verification/v1";
        assertThat(isSigned(tag, ByteString.copyFrom(bytes), signed.getSignature()))
                .isTrue();
        bytes[bytes.length - 1] ^= 1;
        assertThat(isSigned(tag, ByteString.copyFrom(bytes), signed.getSignature()))
                .isFalse();
    }

    @Test
    @Order(7)
    @DisplayName("DRU-7 DRU-8 every mismatch and every stop has the reason code of the verification router service")
    void dru7_reasonCodes() throws Exception {
        ByteString otherLot = DrugBlinding.lotId(NODE, productKey, "L2");
        assertThat(told(verifying(1))).containsExactly("", "", "ACTIVE");
        assertThat(told(verifying(77))).containsExactly("No_match_GTIN_Serial", "", "UNKNOWN");
        assertThat(told(verifying(1).setLotId(otherLot))).containsExactly("No_match_GTIN_Serial_Lot", "", "ACTIVE");
        assertThat(told(verifying(1).setExpiryMillis(expiry + DAY)))
                .containsExactly("No_match_GTIN_Serial_Expiry", "", "ACTIVE");
        assertThat(told(verifying(1).setLotId(otherLot).setExpiryMillis(expiry + DAY)))
                .containsExactly("No_match_GTIN_Serial_Lot_Expiry", "", "ACTIVE");
        String stopped = "Not_for_re-distribution";
        assertThat(told(verifying(0))).containsExactly(stopped, "", "DISPENSED");
        change(OPERATOR, DrugStatusKind.DRUG_QUARANTINE, 3);
        assertThat(told(verifying(3))).containsExactly(stopped, "", "QUARANTINED");
        change(OPERATOR, DrugStatusKind.DRUG_MARK_SUSPECT, 4);
        assertThat(told(verifying(4))).containsExactly(stopped, "Suspect", "SUSPECT");
        change(INSPECTOR, DrugStatusKind.DRUG_MARK_ILLEGITIMATE, 5);
        assertThat(told(verifying(5))).containsExactly(stopped, "Illegitimate", "ILLEGITIMATE");
        assertThat(net.refused(
                                SPONSOR,
                                "Drug",
                                DrugRequest.newBuilder().setVerify(verifying(1)).build())
                        .getCode())
                .isEqualTo("NOT_FOUND");
    }

    @Test
    @Order(7)
    @DisplayName("DRU-7 DRU-9 who is not on a pack's path is told whether it is genuine, and not how it ended or moves")
    void dru9_statusOfOthersPacks() throws Exception {
        DrugVerification ended =
                DrugVerification.parseFrom(verified(RIVAL, verifying(0)).getVerification());
        assertThat(ended.getVerified()).isFalse();
        assertThat(ended.getReason()).isEqualTo("Not_for_re-distribution");
        assertThat(ended.getStatus()).isEqualTo("ENDED");
        assertThat(DrugVerification.parseFrom(verified(INSPECTOR, verifying(0)).getVerification())
                        .getStatus())
                .isEqualTo("DISPENSED");
    }

    @Test
    @Order(7)
    @DisplayName(
            "DRU-7 a pack that was handed out in part verifies for its holder alone; its date is compared as a day")
    void dru7_openedPack() throws Exception {
        assertThat(told(verifying(2).setExpiryMillis((expiry / DAY + 1) * DAY)))
                .as("the lot ends within the day that is printed")
                .containsExactly("", "", "ACTIVE");
        change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE_PARTIALLY, 2);
        assertThat(told(verifying(2))).containsExactly("", "", "PARTIALLY_DISPENSED");
        for (String other : List.of(RIVAL, INSPECTOR)) {
            DrugVerification answer =
                    DrugVerification.parseFrom(verified(other, verifying(2)).getVerification());
            assertThat(answer.getVerified()).as(other).isFalse();
            assertThat(answer.getReason()).as(other).isEqualTo("Not_for_re-distribution");
        }
        assertThat(DrugVerification.parseFrom(verified(RIVAL, verifying(2)).getVerification())
                        .getStatus())
                .isEqualTo("ENDED");
    }

    @Test
    @Order(7)
    @DisplayName("DRU-4 DRU-7 the packs of a case that did not come verify nowhere, wherever the case shows up")
    void dru7_packsOfAMissingCase() throws Exception {
        ByteString missing = DrugBlinding.itemId(productKey, "MISSING");
        ByteString came = DrugBlinding.itemId(productKey, "CAME");
        commission("L1", expiry, missing.concat(came));
        byte[] logistics = DrugBlinding.logisticsKey(root);
        String other = "006141410000000029";
        DrugPack.Builder pack = DrugPack.newBuilder();
        for (String sscc : List.of(other, "006141410000000036")) {
            pack.addAggregations(DrugPack.Aggregation.newBuilder()
                    .setContainerId(DrugBlinding.containerId(NODE, logistics, sscc))
                    .setSeed(DrugBlinding.containerSeed(logistics, sscc))
                    .addItems(set(sscc.equals(other) ? missing : came)));
        }
        act(OPERATOR, DrugAction.newBuilder().setPack(pack));
        ByteString second = pack.getAggregations(1).getContainerId();
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setShip(DrugShip.newBuilder()
                                .setShipmentId(id())
                                .setTo("northside")
                                .addAllContainers(pack.getAggregationsList().stream()
                                        .map(DrugPack.Aggregation::getContainerId)
                                        .sorted(ByteString.unsignedLexicographicalComparator())
                                        .toList())));
        assertThat(told(verifying(1).setItemId(missing))).containsExactly("", "", "IN_TRANSIT");
        act(
                PHARMACIST,
                DrugAction.newBuilder().setReceive(DrugReceive.newBuilder().addContainers(second)));
        assertThat(told(verifying(1).setItemId(missing)))
                .containsExactly("Not_for_re-distribution", "Suspect", "MISSING");
        assertThat(told(verifying(1).setItemId(came))).containsExactly("", "", "ACTIVE");
    }

    @Test
    @Order(8)
    @DisplayName(
            "DRU-6 a recall of single packs and of a lot is told at once, its holders to maker and regulator alone")
    void dru6_recall() throws Exception {
        ByteString single = id();
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setRecall(DrugRecall.newBuilder()
                                .setRecallId(single)
                                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                                .setProductId(product)
                                .addItems(set(pack(6)))));
        assertThat(told(verifying(6))).containsExactly("Not_for_re-distribution", "Recalled", "RECALLED");
        assertThat(told(verifying(7))).containsExactly("", "", "ACTIVE");
        ByteString whole = id();
        act(
                INSPECTOR,
                DrugAction.newBuilder()
                        .setRecall(DrugRecall.newBuilder()
                                .setRecallId(whole)
                                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                                .setProductId(product)
                                .setLotId(lot)));
        assertThat(told(verifying(7))).containsExactly("Not_for_re-distribution", "Recalled", "RECALLED");
        for (int held : List.of(3, 4)) {
            assertThat(told(verifying(held)).get(1))
                    .as("stopped, and recalled before all")
                    .isEqualTo("Recalled");
        }
        DrugRequest.Builder find = DrugRequest.newBuilder()
                .setFind(DrugFind.newBuilder()
                        .setProductId(product)
                        .setIds(pack(1).concat(pack(7)))
                        .addContainers(box));
        assertThat(ask(PHARMACIST, find).getFound().getRecalled())
                .as("of what the pharmacy has")
                .isEqualTo(pack(1));
        assertThat(ask(PHARMACIST, find).getFound().getRecalledContainersList()).containsExactly(box);
        assertThat(ask(RIVAL, find).getFound().getRecalled()).isEmpty();
        assertThat(ask(RIVAL, find).getFound().getRecalledContainersList()).isEmpty();
        DrugRequest.Builder holders =
                DrugRequest.newBuilder().setHolders(DrugHolders.newBuilder().setRecallId(whole));
        for (String reader : List.of(OPERATOR, INSPECTOR)) {
            DrugSigned signed = ask(reader, holders).getHeld();
            assertThat(isSigned("consilium/drug-holders/v1", signed.getAnswer(), signed.getSignature()))
                    .isTrue();
            DrugHeld held = DrugHeld.parseFrom(signed.getAnswer());
            assertThat(held.getHoldersList()).containsExactly("northside", NODE);
            assertThat(held.getRecallId()).isEqualTo(whole);
            assertThat(held.getAnswered().getRequester()).isEqualTo(reader);
        }
        assertThat(net.refused(PHARMACIST, "Drug", holders.build()).getCode()).isEqualTo("NOT_FOUND");
    }

    @Test
    @Order(9)
    @DisplayName("DRU-7 what has expired is not for redistribution, by the clock of the node that answers")
    void dru7_expired() throws Exception {
        ByteString item = DrugBlinding.itemId(productKey, "YOUNG");
        commission("L9", net.now() + DAY, item);
        DrugVerify.Builder question =
                DrugVerify.newBuilder().setProductId(product).setItemId(item);
        assertThat(told(question)).containsExactly("", "", "ACTIVE");
        net.passTime(2 * DAY);
        assertThat(told(question)).containsExactly("Not_for_re-distribution", "Expired", "EXPIRED");
    }

    @Test
    @Order(10)
    @DisplayName(
            "DRU-9 guesses at packs of others are rated by their number; owner and holders find theirs at any rate")
    void dru9_guessesAreRated() throws Exception {
        ByteString held = pack(1);
        ByteString guesses = ByteString.EMPTY;
        for (int guess = 0; guess < 15_000 - 1; guess++) {
            guesses = guesses.concat(DrugBlinding.itemId(productKey, "G" + guess));
        }
        DrugRequest many = DrugRequest.newBuilder()
                .setFind(DrugFind.newBuilder().setProductId(product).setIds(guesses))
                .build();
        DrugRequest one = DrugRequest.newBuilder()
                .setVerify(verifying(1).setItemId(DrugBlinding.itemId(productKey, "G0")))
                .build();
        ask(PHARMACIST, many.toBuilder());
        DrugRequest path = tracing(DrugBlinding.itemId(productKey, "G0")).build();
        for (DrugRequest more : List.of(many, one, path)) {
            assertThat(net.refused(PHARMACIST, "Drug", more).getCode()).isEqualTo("QUOTA_EXCEEDED");
        }
        DrugRequest.Builder own = DrugRequest.newBuilder()
                .setFind(DrugFind.newBuilder().setProductId(product).setIds(held));
        assertThat(ask(PHARMACIST, own).getFound().getItemsList()).containsExactly(set(held));
        assertThat(ask(PHARMACIST, DrugRequest.newBuilder().setVerify(verifying(1)))
                        .hasVerified())
                .isTrue();
        assertThat(traced(PHARMACIST, tracing(held)).getStepsCount()).isPositive();
        for (String reader : List.of(OPERATOR, INSPECTOR)) {
            ask(reader, many.toBuilder());
            ask(reader, one.toBuilder());
        }
    }
}
