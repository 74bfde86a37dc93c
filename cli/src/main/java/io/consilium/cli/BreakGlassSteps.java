package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.client.Rationale;
import io.consilium.client.VerificationFailed;
import io.consilium.crypto.CryptoException;
import io.consilium.ledger.consent.Emergencies;
import io.consilium.proto.AccessState;
import io.consilium.proto.BreakGlass;
import io.consilium.proto.BreakGlassReview;
import io.consilium.proto.BreakGlassState;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.ListRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Breaking the glass and reviewing it (ACC-3). */
final class BreakGlassSteps {
    private static final int MAX_CUSTODIANS = 100;

    private final Session session;

    BreakGlassSteps(Session session) {
        this.session = session;
    }

    void open(String patient, Optional<String> record, String rationale) throws ClientException {
        ByteString accessId = new CustodianKeys().freshId();
        ByteString patientId = Ids.object("patient", patient);
        BreakGlass.Builder open = BreakGlass.newBuilder().setAccessId(accessId).setPatientId(patientId);
        if (record.isPresent()) {
            open.setRecordId(Ids.object("record", record.get()));
        }
        Rationale sealed = Rationale.seal(accessId, rationale, readers(patientId));
        open.setSealedRationale(sealed.sealed()).addAllRationaleKey(sealed.keys());
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("accessId", Ids.text(accessId));
        ids.put("patientId", Ids.text(patientId));
        Writes writes = new Writes(session);
        Writes.Written written = writes.submit(body -> body.setBreakGlass(open), ids);
        if (written.receipt().isPresent() && written.applied()) {
            ChainParameters parameters = session.state().parameters().value();
            long time = written.receipt().get().header().timestampMillis();
            written.result().put("decision", "PERMIT");
            written.result().put("permitUntil", Dates.text(time + Emergencies.permitMillis(parameters)));
            written.result().put("reviewDue", Dates.text(time + Emergencies.reviewMillis(parameters)));
        }
        writes.print(written);
        session.output().say("The patient's custodians are told of it. Read with --purpose BTG.");
    }

    /** The patient's custodians and the own institution, as the chain knows them. */
    private List<InstitutionState> readers(ByteString patientId) throws ClientException {
        TreeSet<String> slugs = new TreeSet<>();
        List<ByteString> custodians = session.client()
                .list(ListRequest.newBuilder()
                        .setList("custodians")
                        .setBy("patient/" + Ids.text(patientId))
                        .setLimit(MAX_CUSTODIANS)
                        .build())
                .getItemsList();
        for (ByteString custodian : custodians) {
            try {
                slugs.add(InstitutionState.parseFrom(custodian).getId());
            } catch (InvalidProtocolBufferException malformed) {
                throw new VerificationFailed(
                                "ANSWER_MALFORMED",
                                "The list of custodians cannot be read",
                                "Check that node and client are of one version")
                        .causedBy(malformed);
            }
        }
        slugs.add(session.institution());
        List<InstitutionState> readers = new ArrayList<>();
        for (String slug : slugs) {
            readers.add(session.state().institution(slug).value());
        }
        return readers;
    }

    void review(String id, String outcome, String note) throws ClientException {
        boolean justified =
                switch (outcome) {
                    case "justified" -> true;
                    case "not-justified" -> false;
                    default ->
                        throw new MalformedInput(
                                "--outcome",
                                "'" + outcome + "' is no outcome of a review",
                                "Write justified or not-justified");
                };
        ByteString accessId = Ids.object("break-glass", id);
        AccessState access = session.state().access(accessId).value();
        BreakGlassReview review = BreakGlassReview.newBuilder()
                .setAccessId(accessId)
                .setJustified(justified)
                .setSealedNote(sealedNote(access, note))
                .build();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("accessId", Ids.text(accessId));
        ids.put("outcome", outcome);
        new Writes(session).submitAndPrint(body -> body.setBreakGlassReview(review), ids);
    }

    /** For those who read the rationale; who reviews it in their stead has the patient's scope key alone. */
    private ByteString sealedNote(AccessState access, String note) throws ClientException {
        try {
            return rationale(access).sealNote(note);
        } catch (ClientException hidden) {
            if (hidden.kind() != FailureClass.NOT_FOUND) {
                throw hidden;
            }
            return new Custodian(session).scopeKey(access.getPatientId()).sealReason(note);
        }
    }

    /** As its readers have it, wherever the patient is by now; its key seals the note of the review too. */
    private Rationale.Opened rationale(AccessState access) throws ClientException {
        return Rationale.open(
                new Custodian(session).ask(client -> client.rationaleKey(access.getId())),
                access.getId(),
                session.identity());
    }

    /** What stands in every list of accesses about a break-glass. */
    static Map<String, Object> describe(AccessState access, long nowMillis) {
        Map<String, Object> object = new LinkedHashMap<>();
        BreakGlassState glass = access.getBreakGlass();
        if (glass.getReviewDueMillis() == 0) {
            return object;
        }
        object.put("permitUntil", Dates.text(glass.getPermitUntilMillis()));
        object.put("reviewDue", Dates.text(glass.getReviewDueMillis()));
        object.put("review", outcome(glass));
        object.put("overdue", !glass.hasReview() && nowMillis > glass.getReviewDueMillis());
        if (glass.hasReview()) {
            object.put("reviewer", glass.getReview().getReviewer());
            object.put("reviewedAt", Dates.text(glass.getReview().getTimeMillis()));
        }
        return object;
    }

    /** A word for the state of its review. */
    static String outcome(BreakGlassState glass) {
        if (!glass.hasReview()) {
            return "pending";
        }
        return glass.getReview().getJustified() ? "justified" : "not-justified";
    }

    /** Rationale and note in clear, each where this member may read it. */
    Map<String, Object> sealedTexts(AccessState access) throws ClientException {
        Map<String, Object> texts = new LinkedHashMap<>();
        if (!access.hasBreakGlass()) {
            return texts;
        }
        ByteString note = access.getBreakGlass().getReview().getSealedNote();
        try {
            Rationale.Opened rationale = rationale(access);
            texts.put("rationale", rationale.text());
            if (!note.isEmpty()) {
                texts.put("note", rationale.openNote(note));
            }
        } catch (CryptoException byAnother) {
            noteOf(access, texts);
        } catch (ClientException hidden) {
            if (hidden.kind() != FailureClass.DENIED && hidden.kind() != FailureClass.NOT_FOUND) {
                throw hidden;
            }
            session.output().detail("The rationale stays sealed: " + hidden.getMessage());
            noteOf(access, texts);
        }
        return texts;
    }

    private void noteOf(AccessState access, Map<String, Object> texts) {
        new Reasons(session, access.getPatientId())
                .of(access.getBreakGlass().getReview().getSealedNote())
                .ifPresent(text -> texts.put("note", text));
    }
}
