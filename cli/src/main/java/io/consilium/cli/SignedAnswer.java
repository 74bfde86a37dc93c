package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.client.VerificationFailed;
import io.consilium.client.VerificationReceipt;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.proto.DrugVerification;
import io.consilium.proto.DrugVerified;
import io.consilium.proto.InstitutionState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The signed answer to a verification, kept as evidence: what was said of which pack, by whom, when, to whom (DRU-7). The
 * founders' keys stand in the genesis, so that their answers are checked without a node.
 *
 * @param claimed the pack that the file says it is about
 * @param contradictions fields of the file that say something else than what was signed
 */
record SignedAnswer(
        DrugVerification said, Map<String, Object> shown, Optional<PrintedPack> claimed, List<String> contradictions) {
    private static final int MAX_BYTES = 1024 * 1024;

    /** An answer of {@code drug verify -o json}, or of a verification router. */
    static SignedAnswer read(Session session, String file) throws ClientException {
        DrugVerified signed;
        JsonFields answer;
        JsonFields proof;
        try {
            answer = JsonFields.of(JsonReader.read(UserFiles.read(session, file, MAX_BYTES)), "");
            proof = answer.object(answer.has("evidence") ? "evidence" : "receipt");
            signed = DrugVerified.newBuilder()
                    .setVerification(ByteString.copyFrom(proof.hex("verification")))
                    .setSignature(ByteString.copyFrom(proof.hex("signature")))
                    .build();
        } catch (JsonException malformed) {
            throw unread(malformed);
        }
        DrugVerification said = parsed(signed);
        boolean ours = said.getChainId()
                .equals(ByteString.copyFrom(session.genesis().chainId().toBytes()));
        if (!ours || !VerificationReceipt.isSignedBy(signed, signer(session, said.getResponder()))) {
            throw untrue();
        }
        Map<String, Object> shown = shown(said);
        return new SignedAnswer(said, shown, claimed(answer), contradictions(answer, proof, shown));
    }

    /** A verification router's answer names no pack; that of the command line does. */
    private static Optional<PrintedPack> claimed(JsonFields answer) throws ClientException {
        try {
            Optional<String> item = answer.optionalText(PackCheck.ITEM);
            Optional<String> day = answer.optionalText(PackCheck.EXPIRY);
            return item.isEmpty()
                    ? Optional.empty()
                    : Optional.of(PrintedPack.read(PackCheck.ITEM, item.get())
                            .with(
                                    answer.optionalText(PackCheck.LOT),
                                    day.isPresent()
                                            ? Optional.of(Dates.endOfDay(PackCheck.EXPIRY, day.get()))
                                            : Optional.empty()));
        } catch (JsonException malformed) {
            throw unread(malformed);
        }
    }

    /** Both forms name what they say beside the proof in their own words; what they leave out contradicts nothing. */
    private static List<String> contradictions(JsonFields answer, JsonFields proof, Map<String, Object> signed)
            throws ClientException {
        try {
            List<String> found = new ArrayList<>();
            for (String name : List.of("verified", "reason", "additionalInfo", "status", "timestamp", "height")) {
                compare(answer, name, signed.get(name), found);
            }
            compare(answer, "verificationTimestamp", signed.get("timestamp"), found);
            if (answer.has("data")) {
                JsonFields data = answer.object("data");
                compare(data, "verified", signed.get("verified"), found);
                compare(data, "verificationFailureReason", signed.get("reason"), found);
                compare(data, "additionalInfo", signed.get("additionalInfo"), found);
            }
            compare(proof, "signer", signed.get("signer"), found);
            return found;
        } catch (JsonException malformed) {
            throw unread(malformed);
        }
    }

    private static void compare(JsonFields fields, String name, @Nullable Object signed, List<String> found)
            throws JsonException {
        if (fields.has(name) && !fields.value(name).equals(signed)) {
            found.add(fields.at(name));
        }
    }

    /**
     * Shows what was signed; a file that says something else beside it is refused, and so is an answer about another pack than
     * the one that is meant.
     */
    int print(Session session, DrugDesk desk, Optional<PrintedPack> meant) throws ClientException {
        Optional<PrintedPack> checked = meant.map(this::asked);
        List<String> others = checked.isPresent() ? others(desk, checked.get()) : List.of();
        List<String> contradicted = new ArrayList<>(contradictions);
        boolean known = meant.isPresent() && others.isEmpty();
        if (claimed.isPresent()) {
            try {
                contradicted.addAll(others(desk, claimed.get()));
                known = known || contradicted.isEmpty();
            } catch (ClientException noKey) {
                session.output().detail("The product's key is not to be had: " + noKey.getMessage());
            }
        }
        if (known) {
            PackCheck.asked(shown, checked.or(() -> claimed).orElseThrow());
            List<String> unasked = unasked(meant);
            if (!unasked.isEmpty()) {
                shown.put("notAsked", unasked);
                session.output()
                        .say("The signed answer was not asked for the " + String.join(" and ", unasked)
                                + ": ask for the pack itself with drug verify");
            }
        } else if (others.isEmpty() && contradicted.isEmpty()) {
            session.output()
                    .say("It is not checked which pack this is about: name it with --scan or --gtin and --serial, as a"
                            + " member who has the product's key");
        }
        if (!contradicted.isEmpty()) {
            shown.put("contradicted", contradicted);
        }
        session.output().result(shown);
        if (!contradicted.isEmpty()) {
            throw new VerificationFailed(
                    "ANSWER_CONTRADICTED",
                    "The file says something else than what was signed: " + String.join(", ", contradicted),
                    "Go by what was signed, and suspect whoever gave the file to you");
        }
        if (!others.isEmpty()) {
            throw new VerificationFailed(
                    "ANSWER_OF_ANOTHER",
                    "What was signed is not about this pack: " + String.join(", ", others) + " differ",
                    "Ask for the pack itself with drug verify, and suspect whoever gave the file to you");
        }
        return said.getVerified() ? 0 : FailureClass.VERIFICATION_FAILED.exitCode();
    }

    /** What is said of the pack that is meant and was no part of the question. */
    private List<String> unasked(Optional<PrintedPack> meant) {
        List<String> unasked = new ArrayList<>();
        if (said.getLotId().isEmpty() && meant.flatMap(PrintedPack::lot).isPresent()) {
            unasked.add(PackCheck.LOT);
        }
        if (said.getExpiryMillis() == 0
                && meant.flatMap(PrintedPack::expiryMillis).isPresent()) {
            unasked.add(PackCheck.EXPIRY);
        }
        return unasked;
    }

    /** Of a pack that is meant what the answer can be held against: a lot or date that was not asked for is no other one. */
    private PrintedPack asked(PrintedPack pack) {
        return new PrintedPack(
                pack.key(),
                pack.lot().filter(lot -> !said.getLotId().isEmpty()),
                pack.expiryMillis().filter(end -> said.getExpiryMillis() != 0));
    }

    /** What of a pack is not what the answer is about; needs the product's key, which blinds it. */
    private List<String> others(DrugDesk desk, PrintedPack pack) throws ClientException {
        Optional<BlindingKey> key = desk.product(pack.key());
        boolean same = key.filter(found -> found.productId().equals(said.getProductId())
                        && found.itemId(pack.key().serial()).equals(said.getItemId()))
                .isPresent();
        if (!same) {
            return List.of(PackCheck.ITEM);
        }
        List<String> others = new ArrayList<>();
        if (pack.lot()
                .filter(lot -> !key.orElseThrow().lotId(lot).equals(said.getLotId()))
                .isPresent()) {
            others.add(PackCheck.LOT);
        }
        if (pack.expiryMillis().filter(end -> end != said.getExpiryMillis()).isPresent()) {
            others.add(PackCheck.EXPIRY);
        }
        return others;
    }

    private static DrugVerification parsed(DrugVerified signed) throws ClientException {
        try {
            return DrugVerification.parseFrom(signed.getVerification());
        } catch (InvalidProtocolBufferException malformed) {
            throw untrue().causedBy(malformed);
        }
    }

    static InstitutionState signer(Session session, String slug) throws ClientException {
        Optional<InstitutionState> founder = session.genesis().document().getInstitutionsList().stream()
                .filter(institution -> institution.getId().equals(slug))
                .findFirst();
        return founder.isPresent()
                ? founder.get()
                : session.state().institution(slug).value();
    }

    private static Map<String, Object> shown(DrugVerification said) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("signed", true);
        shown.put("signer", said.getResponder());
        shown.put("requester", said.getRequester());
        shown.put("timestamp", Dates.text(said.getTimeMillis()));
        shown.put("height", said.getHeight());
        shown.put("asOf", Dates.text(said.getTipMillis()));
        shown.put("verified", said.getVerified());
        shown.put("reason", said.getReason());
        shown.put("additionalInfo", said.getAdditionalInfo());
        shown.put("status", said.getStatus());
        shown.put("lotAsked", !said.getLotId().isEmpty());
        shown.put("expiryAsked", said.getExpiryMillis() != 0);
        shown.put("productId", Ids.text(said.getProductId()));
        shown.put("itemId", Ids.text(said.getItemId()));
        return shown;
    }

    private static ClientException unread(JsonException malformed) {
        return new MalformedInput(
                malformed.path(),
                "The file is no answer to a verification: " + malformed.getMessage(),
                "Give the JSON of drug verify -o json, or a verification router's answer");
    }

    private static ClientException untrue() {
        return new VerificationFailed(
                "ANSWER_UNPROVEN",
                "The answer is not signed by the institution that it names, or is of another chain",
                "Ask for the pack anew with drug verify");
    }
}
