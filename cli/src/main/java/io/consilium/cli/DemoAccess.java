package io.consilium.cli;

import static io.consilium.cli.CommandText.words;

import io.consilium.client.ClientException;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import java.nio.file.Path;
import java.util.List;

/** The chapters of access and audit: an emergency that is reviewed, and the account that is given of everything. */
final class DemoAccess {
    private static final String PRIVACY = "st-mary/privacy";

    private final DemoStage stage;

    DemoAccess(DemoStage stage) {
        this.stage = stage;
    }

    void tell(DemoRecords.Told told) throws ClientException {
        breakGlass(told);
        account(told);
    }

    private void breakGlass(DemoRecords.Told told) throws ClientException {
        stage.chapter("An emergency: the physician breaks the glass, and answers for it");
        JsonFields opened = stage.json(
                0,
                DemoRecords.READER,
                words(
                        "access break-glass --patient ? --rationale ?",
                        told.patient(),
                        "Unconscious in the emergency room"));
        String id = DemoStage.text(opened, "accessId");
        stage.note("reads until " + DemoStage.text(opened, "permitUntil") + ", review due "
                + DemoStage.text(opened, "reviewDue"));
        Path received = stage.out("emergency.json");
        stage.run(0, DemoRecords.READER, words("record get ? --purpose BTG --out ?", told.record(), received));
        DemoStage.same(told.document(), received);
        stage.run(0, PRIVACY, "access", "list", "--pending-review");
        stage.note("the privacy officer reads: \"" + stage.field(0, "rationale", PRIVACY, "access", "show", id) + "\"");
        stage.run(0, PRIVACY, "access", "review", id, "--outcome", "justified", "--note", "Seen in the ward book");
    }

    private void account(DemoRecords.Told told) throws ClientException {
        stage.chapter("The account of disclosures, and evidence for an inspector");
        JsonFields report = stage.json(0, PRIVACY, "audit", "disclosures", "--patient", told.patient());
        try {
            List<JsonFields> lines = report.objects("items");
            for (JsonFields line : lines) {
                stage.note("  " + line.text("date") + "  " + line.text("recipient") + "  " + line.text("purpose") + "  "
                        + line.optionalText("exemption").orElse("accountable"));
            }
            if (lines.size() != 2) {
                throw DemoStage.broken(lines.size() + " disclosures are accounted for, not 2");
            }
        } catch (JsonException malformed) {
            throw DemoStage.broken("the report cannot be read").causedBy(malformed);
        }
        Path bundle = stage.out("inspector.json");
        stage.run(0, PRIVACY, "audit", "export", "--patient", told.patient(), "--out", bundle.toString());
        stage.run(
                0,
                PRIVACY,
                words("audit verify ? --genesis ?", bundle, stage.devnet().genesis()));
    }
}
