package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.ScopeKey;
import io.consilium.proto.Erasure;
import io.consilium.proto.ErasureAcknowledgement;
import io.consilium.proto.Hold;
import io.consilium.proto.Period;
import io.consilium.proto.RecordErase;
import io.consilium.proto.RecordHold;
import io.consilium.proto.RecordState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The part of {@code consilium record} that ends a record's content, and what forbids it (PRV-6). */
class ErasureCommands {
    final Session session;

    ErasureCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "erase",
            description = {
                "Have every holder destroy a record's content.",
                "Its commitment stays provable. A PRIVACY_OFFICER or ADMIN of its custodian may, and the patient or a guardian with their own keys. What somebody has downloaded cannot be recalled."
            },
            footer = {
                "  consilium --context st-mary/privacy record erase R --reason 'patient asked' --basis gdpr-17",
                "  consilium --context st-mary/privacy record erasures"
            })
    int erase(
            @Parameters(paramLabel = "ID", description = "Record id.") String id,
            @Mixin ReasonOption reason,
            @Option(
                            names = "--basis",
                            required = true,
                            paramLabel = "CODE",
                            description = "Legal ground: gdpr-17, gdpr-17-1-a to gdpr-17-1-f, or court-order.")
                    String basis)
            throws Exception {
        ByteString recordId = Ids.object("record", id);
        RecordErase erase = RecordErase.newBuilder()
                .setRecordId(recordId)
                .setBasis(BeforeSubmit.basis(basis))
                .setSealedReason(sealed(recordId, reason.text))
                .build();
        Map<String, Object> ids = ids(recordId);
        ids.put("basis", basis);
        Writes writes = new Writes(session);
        Writes.Written written = writes.submit(body -> body.setRecordErase(erase), ids);
        if (written.applied()) {
            written.result().put("openingsDeleted", Openings.deleteAll(session, recordId));
            session.output().say("Copies that readers have downloaded are theirs to delete");
        }
        writes.print(written);
        return 0;
    }

    @Command(
            name = "hold",
            description = {"Forbid the erasure of a record.", "A PRIVACY_OFFICER of its custodian may."},
            footer = {
                "  consilium --context st-mary/privacy record hold R --reason 'claim 12/26'",
                "  consilium --context st-mary/privacy record hold R --ground retention \\",
                "      --until 2036-12-31 --reason law"
            })
    int hold(
            @Parameters(paramLabel = "ID", description = "Record id.") String id,
            @Mixin ReasonOption reason,
            @Option(
                            names = "--ground",
                            paramLabel = "CODE",
                            defaultValue = "legal-claims",
                            description = "legal-claims (default) or retention (GDPR 17(3)).")
                    String ground,
            @Option(names = "--until", paramLabel = "TIME", description = "End of the hold (default: its release).")
                    Optional<String> until)
            throws Exception {
        ByteString recordId = Ids.object("record", id);
        RecordHold.Builder hold = RecordHold.newBuilder()
                .setRecordId(recordId)
                .setGround(BeforeSubmit.ground(ground))
                .setSealedReason(sealed(recordId, reason.text));
        if (until.isPresent()) {
            Period period = Period.newBuilder()
                    .setEndMillis(Dates.end("--until", until.get()))
                    .build();
            hold.setUntilMillis(
                    BeforeSubmit.period(period, System.currentTimeMillis()).getEndMillis());
        }
        new Writes(session).submitAndPrint(body -> body.setRecordHold(hold), ids(recordId));
        return 0;
    }

    @Command(
            name = "release",
            description = "End a hold, so that the record can be erased again.",
            footer = {"  consilium --context st-mary/privacy record release R --reason 'claim settled'"})
    int release(@Parameters(paramLabel = "ID", description = "Record id.") String id, @Mixin ReasonOption reason)
            throws Exception {
        ByteString recordId = Ids.object("record", id);
        RecordHold release = RecordHold.newBuilder()
                .setRecordId(recordId)
                .setRelease(true)
                .setSealedReason(sealed(recordId, reason.text))
                .build();
        new Writes(session).submitAndPrint(body -> body.setRecordHold(release), ids(recordId));
        return 0;
    }

    @Command(
            name = "erasures",
            description = "List erased records of your custody, and who has acknowledged.",
            footer = {"  consilium --context st-mary/privacy record erasures"})
    int erasures(@Mixin Pages.Paging paging) throws Exception {
        new Pages(session)
                .print(
                        "erasures",
                        "",
                        paging,
                        RecordState.parser(),
                        List.of("recordId", "erasedAt", "basis", "erasedBy", "acknowledged", "pending"),
                        ErasureCommands::summary);
        return 0;
    }

    private static Map<String, Object> summary(RecordState record) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("recordId", Ids.text(record.getId()));
        object.put("patientId", Ids.text(record.getPatientId()));
        object.put("custodian", record.getCustodian());
        object.putAll(erasure(record.getErasure()));
        return object;
    }

    /** What a record's erasure is shown with. */
    static Map<String, Object> erasure(Erasure erasure) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("erasedAt", Dates.text(erasure.getTimeMillis()));
        object.put("erasedBy", erasure.getErasedBy());
        object.put("basis", erasure.getBasis());
        object.put("txId", Ids.text(erasure.getTxId()));
        List<String> pending = new ArrayList<>(erasure.getHoldersList());
        List<Map<String, Object>> acknowledgements = new ArrayList<>();
        for (ErasureAcknowledgement each : erasure.getAcknowledgementsList()) {
            pending.remove(each.getInstitution());
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("institution", each.getInstitution());
            item.put("time", Dates.text(each.getTimeMillis()));
            item.put("txId", Ids.text(each.getTxId()));
            acknowledgements.add(item);
        }
        object.put("holders", List.copyOf(erasure.getHoldersList()));
        object.put("acknowledged", erasure.getAcknowledgementsCount() + " of " + erasure.getHoldersCount());
        object.put("acknowledgements", acknowledgements);
        object.put("pending", pending);
        return object;
    }

    /** What a record's hold is shown with. */
    static Map<String, Object> hold(Hold hold) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("ground", hold.getGround());
        object.put("since", Dates.text(hold.getSinceMillis()));
        if (hold.getUntilMillis() != 0) {
            object.put("until", Dates.text(hold.getUntilMillis()));
        }
        object.put("placedBy", hold.getPlacedBy());
        return object;
    }

    /** The reason, sealed for those who hold the scope key of the record's patient. */
    final ByteString sealed(ByteString recordId, String reason) throws ClientException {
        RecordState record = session.state().record(recordId).value();
        ScopeKey key = new Custodian(session).scopeKey(record.getPatientId());
        return key.sealReason(reason);
    }

    static Map<String, Object> ids(ByteString recordId) {
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("recordId", Ids.text(recordId));
        return ids;
    }
}
