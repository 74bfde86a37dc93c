package io.consilium.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Signer;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.interop.gs1.Gs1Date;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.MalformedIdentifier;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.StateView;
import io.consilium.node.vault.Freshness;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugVerification;
import io.consilium.proto.DrugVerified;
import io.consilium.proto.DrugVerify;
import io.consilium.proto.InstitutionState;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Answers a verification router's requests about this node's own products: the requester names pack, lot and date in clear,
 * and this node alone blinds them (GS1 Lightweight Messaging Standard for DSCSA Verification of Product Identifiers). Who may
 * ask is an active trading partner; products of others are unknown here.
 */
public final class VerificationResponder {
    private final NodeGateway node;
    private final CompanyRoot root;
    private final Verifications verifications;

    public VerificationResponder(NodeGateway node, Signer institution, X25519KeyPair keys) {
        this.node = node;
        this.root = new CompanyRoot(node.institution(), keys);
        this.verifications = new Verifications(node, institution);
    }

    /**
     * What a request names.
     *
     * @param expiry YYMMDD, as the barcode has it
     * @param requesterGln of who asks, or empty; another's is refused
     */
    public record Question(String gtin, String lot, String serial, String expiry, String requesterGln) {}

    /** The GLN of this responder, for somebody who may ask about the product. */
    public String connectivity(Caller caller, String gtin, String requesterGln) {
        try (StateView view = StateView.open(node)) {
            requireRequester(caller, requesterGln, view);
            byte[] key = key(view, pack(gtin, "0"));
            new DrugPolicy(view.state()).requireVerifies(caller, DrugBlinding.productId(node.institution(), key));
            Arrays.fill(key, (byte) 0);
            return gln(view, node.institution());
        }
    }

    /** The answer in the standard's fields, and the signed bytes that prove it. */
    public Map<String, Object> verify(Caller caller, Question question) {
        Freshness.require(node);
        Gs1Key pack = pack(question.gtin(), question.serial());
        try (StateView view = StateView.open(node)) {
            requireRequester(caller, question.requesterGln(), view);
            byte[] key = key(view, pack);
            DrugVerify verify = DrugVerify.newBuilder()
                    .setProductId(DrugBlinding.productId(node.institution(), key))
                    .setItemId(DrugBlinding.itemId(key, pack.serial()))
                    .setLotId(DrugBlinding.lotId(node.institution(), key, lot(pack, question.lot())))
                    .setExpiryMillis(endOf(question.expiry()))
                    .build();
            DrugVerified signed = verifications.verify(
                    caller,
                    verify,
                    new PackSearch(view.state())
                            .find(verify.getProductId(), verify.getItemId(), verify.getLotId())
                            .map(PackSearch.Place::item),
                    view);
            Arrays.fill(key, (byte) 0);
            return shown(signed, gln(view, node.institution()));
        }
    }

    private static Map<String, Object> shown(DrugVerified signed, String gln) {
        DrugVerification answer = parsed(signed.getVerification());
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("verified", answer.getVerified());
        if (!answer.getReason().isEmpty()) {
            data.put("verificationFailureReason", answer.getReason());
        }
        if (!answer.getAdditionalInfo().isEmpty()) {
            data.put("additionalInfo", answer.getAdditionalInfo());
        }
        Map<String, Object> evidence = new LinkedHashMap<>();
        evidence.put("signer", answer.getResponder());
        evidence.put("verification", hex(signed.getVerification()));
        evidence.put("signature", hex(signed.getSignature()));
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put(
                "verificationTimestamp",
                Instant.ofEpochMilli(answer.getTimeMillis()).toString());
        shown.put("responderGLN", gln);
        shown.put("data", data);
        shown.put("evidence", evidence);
        return shown;
    }

    private static DrugVerification parsed(ByteString bytes) {
        try {
            return DrugVerification.parseFrom(bytes);
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("an answer of this node cannot be read", impossible);
        }
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static Gs1Key pack(String gtin, String serial) {
        try {
            return Gs1Key.sgtin(gtin, serial);
        } catch (MalformedIdentifier malformed) {
            throw ApiProblem.malformed("GTIN or serial is not well formed: " + malformed.reason(), "gtin, ser")
                    .asException();
        }
    }

    private static String lot(Gs1Key pack, String lot) {
        try {
            return Gs1Key.lgtin(pack.gtin().orElseThrow(), lot).serial();
        } catch (MalformedIdentifier malformed) {
            throw ApiProblem.malformed("the lot is not well formed: " + malformed.reason(), "lot")
                    .asException();
        }
    }

    /** The first moment after the day. */
    private long endOf(String yymmdd) {
        try {
            int year = Instant.ofEpochMilli(node.nowMillis())
                    .atOffset(ZoneOffset.UTC)
                    .getYear();
            return Gs1Date.read(yymmdd, year)
                    .plusDays(1)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant()
                    .toEpochMilli();
        } catch (MalformedIdentifier malformed) {
            throw ApiProblem.malformed("the expiry is no date YYMMDD", "exp").asException();
        }
    }

    /** A partner's own GLN and no other's; who is no trading partner learns nothing (DRU-9). */
    private void requireRequester(Caller caller, String gln, StateView view) {
        Optional<Caller.Member> member = DrugPolicy.reader(caller);
        if (member.isEmpty() || !new DrugPolicy(view.state()).isTrader(caller, node.institution())) {
            throw ApiProblem.forbidden(
                            "NOT_TRADING_PARTNER",
                            "only authorised trading partners may verify packs here",
                            "DRU-7",
                            "ask as an OPERATOR, PHARMACIST, ADMIN or AUDITOR of one")
                    .asException();
        }
        if (!gln.isEmpty() && !gln.equals(gln(view, member.get().institution()))) {
            throw ApiProblem.forbidden(
                            "GLN_FOREIGN",
                            "reqGLN is not the GLN of the institution that asks",
                            "DRU-7",
                            "send your own GLN, or none")
                    .asException();
        }
    }

    private static String gln(StateView view, String institution) {
        return view.state()
                .institution(institution)
                .map(InstitutionState::getGln)
                .orElse("");
    }

    private byte[] key(StateView view, Gs1Key pack) {
        Optional<byte[]> company = root.open(view.state());
        Optional<byte[]> key = company.map(
                        secret -> DrugBlinding.productKey(secret, pack.gtin().orElseThrow()))
                .filter(found -> view.state()
                        .read(
                                DrugKeys.product(DrugBlinding.productId(node.institution(), found)),
                                DrugProductState.parser())
                        .isPresent());
        company.ifPresent(secret -> Arrays.fill(secret, (byte) 0));
        return key.orElseThrow(
                () -> ApiProblem.notFound("product of this responder").asException());
    }
}
