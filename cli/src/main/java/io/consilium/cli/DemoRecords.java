package io.consilium.cli;

import static io.consilium.cli.CommandText.words;

import io.consilium.cli.devnet.DevnetNode;
import io.consilium.client.ClientException;
import io.consilium.client.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The chapters of records and consent: a laboratory result that a physician elsewhere may not, may, and may no longer read. */
final class DemoRecords {
    static final String AUTHOR = "st-mary/dr-adams";
    static final String OFFICER = "st-mary/consent";
    static final String READER = "riverside/dr-brown";
    private static final String PRIVACY = "st-mary/privacy";

    private final DemoStage stage;

    DemoRecords(DemoStage stage) {
        this.stage = stage;
    }

    /** What later chapters go on with. */
    record Told(String patient, String record, String registration, Path document, String opening) {}

    Told tell() throws ClientException {
        Path document = stage.file("observation.json", DemoStage.resource("observation.json"));
        Path form = stage.file(
                "signed-consent.txt", "The patient's signed consent form, scanned.".getBytes(StandardCharsets.UTF_8));

        stage.chapter("A record is registered; its content stays where it is, encrypted");
        String patient = stage.field(0, "patientId", AUTHOR, "patient", "register");
        JsonFields added = stage.json(0, AUTHOR, "record", "add", document.toString(), "--patient", patient);
        String record = DemoStage.text(added, "recordId");
        String opening = DemoStage.text(added, "opening");

        stage.chapter("A physician of another hospital asks for it, without consent");
        decided("DENY", patient, record);
        stage.refused(4, READER, words("record get ? --out ?", record, stage.out("denied.json")));
        stage.absent(stage.out("denied.json"));

        stage.chapter("The patient consents; the consent officer records it with the signed form");
        String consent = stage.field(
                0,
                "consentId",
                OFFICER,
                words("consent grant --patient ? --to ? --purpose TREAT --all --evidence ?", patient, READER, form));
        decided("PERMIT", patient, record);
        stage.run(0, READER, words("record get ? --out ?", record, stage.out("observation-received.json")));
        DemoStage.same(document, stage.out("observation-received.json"));
        stage.note("what " + READER + " received is the document, byte for byte");

        stage.chapter("The consent is revoked");
        stage.run(0, OFFICER, "consent", "revoke", consent, "--reason", "The patient changed their mind");
        decided("DENY", patient, record);
        stage.refused(4, READER, words("record get ? --out ?", record, stage.out("revoked.json")));
        stage.absent(stage.out("revoked.json"));
        stage.run(0, PRIVACY, "access", "list", "--patient", patient);
        return new Told(patient, record, DemoStage.text(added, "txId"), document, opening);
    }

    /** Asks every node; all must answer alike. */
    private void decided(String expected, String patient, String record) throws ClientException {
        for (DevnetNode node : stage.devnet().nodes()) {
            String decision = stage.field(
                    0,
                    "decision",
                    OFFICER,
                    words(
                            "consent check --patient ? --record ? --by ? --purpose TREAT --node ?",
                            patient,
                            record,
                            READER,
                            node.api()));
            stage.note(node.id() + " decides " + decision);
            if (!decision.equals(expected)) {
                throw DemoStage.broken(node.id() + " decides " + decision + ", not " + expected);
            }
        }
    }
}
