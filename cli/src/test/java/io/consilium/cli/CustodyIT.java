package io.consilium.cli;

import static io.consilium.cli.CommandText.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.cli.devnet.DevnetNode;
import io.consilium.client.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a custodian does with a patient: a new scope key, two ids made one, another custodian. */
class CustodyIT extends PatientDesk {
    @Test
    @DisplayName(
            "PRV-7, PRV-4: after a revocation a guardian's scope key makes no label that counts, and decisions stay")
    void aNewScopeKey() throws Exception {
        String patient = patient();
        Path content = content("a");
        String record = add(content, patient);
        String byCode = grant(patient, "--to", RESEARCHER, "--purpose", "HRESCH", "--label", CODE);
        String whole = grant(patient, "--to", "riverside", "--purpose", "TREAT", "--all");
        grant(patient, "--to", "northside", "--purpose", "TREAT", "--all", "--except", "label=" + CODE);
        String[] guardian = guardian(patient);
        cluster.runPlain(as(guardian, "record", "list", "--patient", patient)).ended(0);
        Path early = built(patient);

        Cluster.Said revoked = cluster.run(OFFICER, "consent", "revoke", whole, "--reason", "withdrawn");
        assertThat(revoked.ended(0).err()).contains("cannot be recalled");
        Cluster.Said ended = cluster.run(
                OFFICER, words("patient guardian end ? --reason court --evidence ?", guardian[1], cluster.form()));
        assertThat(ended.ended(0).err()).contains("patient rotate-scope-key " + patient);

        cluster.run(AUTHOR, "patient", "rotate-scope-key", patient).ended(4);
        cluster.run(NEXT_OFFICER, "patient", "rotate-scope-key", patient).ended(3);
        cluster.run(OFFICER, "patient", "rotate-scope-key", "not-an-id").ended(3);
        cluster.runPlain(as(guardian, "patient", "rotate-scope-key", patient)).ended(4);
        assertThat(epoch(patient)).isEqualTo(1);

        JsonFields rotated = cluster.json(OFFICER, "patient", "rotate-scope-key", patient);
        assertThat(rotated.number("labelEpoch")).isEqualTo(2);
        assertThat(rotated.number("consents")).isEqualTo(2);
        assertThat(rotated.number("records")).isEqualTo(1);
        assertThat(rotated.number("left")).isZero();
        assertThat(rotated.texts("txIds")).hasSize(1);
        assertThat(cluster.json(OFFICER, "patient", "rotate-scope-key", patient, "--continue")
                        .texts("txIds"))
                .as("nothing was left behind")
                .isEmpty();
        assertThat(cluster.json(PRIVACY, "patient", "rotate-scope-key", patient).number("labelEpoch"))
                .as("once more")
                .isEqualTo(3);

        // decisions are what they were, under the labels of the newest key
        get(RESEARCHER, record, "HRESCH", content);
        cluster.get(READER, record, "TREAT", "none").refused(4);
        cluster.get("northside/pharmacist", record, "TREAT", "none").refused(4);
        assertThat(cluster.json(OFFICER, "consent", "show", byCode).number("version"))
                .isEqualTo(3);
        Path amended = content("b");
        cluster.run(AUTHOR, "record", "amend", record, amended.toString(), "--reason", "typing")
                .ended(0);
        get(RESEARCHER, record, "HRESCH", amended);
        String[] list = {"record", "list", "--patient", patient, "--label"};
        assertThat(ids("recordId", AUTHOR, as(list, CODE))).containsExactly(record);
        assertThat(ids("recordId", AUTHOR, as(list, "http://loinc.org|1-8"))).isEmpty();

        // what was made with the key before is refused, and the guardian gets no key any more
        Cluster.Said stale = cluster.run(OFFICER, "tx", "submit", early.toString());
        assertThat(stale.ended(6).json().text("code")).isEqualTo("LABEL_EPOCH_STALE");
        cluster.runPlain(as(guardian, "record", "list", "--patient", patient)).ended(4);
    }

    @Test
    @DisplayName(
            "PRV-7, ID-3: who sets another key of a patient is told that the keystore of before knows the scope key")
    void anotherKeyOfThePatient() throws Exception {
        String patient = patient();
        String first = keystore("first");
        String second = keystore("second");
        String form = cluster.form().toString();
        String[] setKey = {"patient", "set-key", patient, "--controller"};
        Cluster.Said set = cluster.run(OFFICER, as(setKey, first, "--evidence", form));
        assertThat(set.ended(0).err()).doesNotContain("rotate-scope-key");
        cluster.run(OFFICER, as(setKey, second, "--evidence", form)).ended(4);
        Cluster.Said changed = cluster.runPlain(as(own(patient, first), as(setKey, second)));
        assertThat(changed.ended(0).err()).contains("patient rotate-scope-key " + patient);
        cluster.runPlain(as(own(patient, first), "record", "list", "--patient", patient))
                .ended(4);
        cluster.run(OFFICER, "patient", "rotate-scope-key", patient).ended(0);
        cluster.runPlain(as(own(patient, second), "record", "list", "--patient", patient))
                .ended(0);
    }

    @Test
    @DisplayName("TX-4, CON-1: a patient signs its grant where there is no network, and another submits it")
    void aGrantSignedOffline() throws Exception {
        String patient = patient();
        String key = keystore("offline");
        String form = cluster.form().toString();
        cluster.run(OFFICER, "patient", "set-key", patient, "--controller", key, "--evidence", form)
                .ended(0);
        String record = add(content("a"), patient);
        String[] own = own(patient, key);
        cluster.get(RESEARCHER, record, "HRESCH", "none").refused(4);
        String[] grant = {
            "consent", "grant", "--patient", patient, "--to", RESEARCHER, "--purpose", "HRESCH", "--all", "--dry-run"
        };
        Cluster.Said dry = cluster.runPlain(as(own, as(grant, "-o", "json"))).ended(0);
        Path payload = cluster.file("grant.json", dry.out().getBytes(StandardCharsets.UTF_8));
        Path body = payload.resolveSibling("grant-body.json");
        Path signed = payload.resolveSibling("grant-signed.json");
        cluster.runPlain(as(own, "tx", "build", payload.toString(), "--out", body.toString()))
                .ended(0);
        cluster.runPlain(as(own, "tx", "sign", body.toString(), "--out", signed.toString()))
                .ended(0);
        cluster.run(OFFICER, "tx", "submit", signed.toString()).ended(0);
        get(RESEARCHER, record, "HRESCH", content("a"));
        String consent = ids("consentId", OFFICER, "consent", "list", "--patient", patient)
                .get(0);
        assertThat(cluster.field("grantor", OFFICER, "consent", "show", consent))
                .isEqualTo(patient);
    }

    @Test
    @DisplayName("PRV-4: an address of a code system that nothing knows is told, for it may be misspelt")
    void anUnknownCodeSystem() throws Exception {
        String patient = patient();
        String file = content("a").toString();
        String[] add = {"record", "add", file, "--patient", patient, "--label"};
        assertThat(cluster.run(AUTHOR, as(add, "http://lonic.org|1-8")).ended(0).err())
                .contains("http://lonic.org is not known");
        assertThat(cluster.run(AUTHOR, as(add, CODE)).ended(0).err()).doesNotContain("not known");
        String[] deny = granting(patient, "--deny");
        assertThat(cluster.run(OFFICER, as(deny, "label=http://lonic.org|1-8"))
                        .ended(0)
                        .err())
                .contains("http://lonic.org is not known");
    }

    @Test
    @DisplayName("CON-1, CON-5: a consent to somebody unknown says who that is, where it stands and what to do next")
    void anUnknownGrantee() throws Exception {
        String patient = patient();
        String[] to = granting(patient, "--purpose", "TREAT", "--to");
        Cluster.Said member = cluster.run(OFFICER, as(to, "riverside/dr-nobody"));
        member.ended(3);
        assertThat(member.err()).contains("no member riverside/dr-nobody", "member list --institution riverside");
        Cluster.Said institution = cluster.run(OFFICER, as(to, "riversid"));
        institution.ended(3);
        assertThat(institution.err()).contains("no institution riversid", "institution list");
        Cluster.Said role = cluster.run(OFFICER, as(to, "DOCTOR"));
        role.ended(3);
        assertThat(role.err()).contains("no role DOCTOR", "CLINICIAN");
        String text = """
                {"resourceType":"Consent","status":"active","scope":{"coding":[{"system":
                "http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
                "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
                "patient":{"reference":"Patient/p"},"policy":[{"uri":"urn:policy"}],"provision":{"type":"permit",
                "actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                "code":"IRCP"}]},"reference":{"reference":"Practitioner/7"}}]}}
                """;
        Path document = cluster.file("consent.json", text.getBytes(StandardCharsets.UTF_8));
        Cluster.Said imported = cluster.run(
                OFFICER,
                words(
                        "consent import ? --patient ? --evidence ? --map Practitioner/7=riverside/dr-nobody",
                        document,
                        patient,
                        cluster.form()));
        imported.ended(3);
        assertThat(imported.err()).contains("riverside/dr-nobody, given for Practitioner/7");
        assertThat(ids("consentId", OFFICER, "consent", "list", "--patient", patient))
                .isEmpty();
    }

    @Test
    @DisplayName("REC-2, REC-4: a vault that is full in the middle of a Bundle leaves none of its records behind")
    void aBundleThatDoesNotFit() throws Exception {
        String patient = patient();
        DevnetNode keeper = cluster.devnet.node(1);
        Path config = keeper.dataDir().resolve("node.toml");
        String before = Files.readString(config);
        cluster.kill(List.of(keeper));
        Files.writeString(config, "vault.quota-bytes = 1_048_576\n" + before);
        cluster.start(List.of(keeper));
        String[] add = {"record", "import", bundle(3, 500_000).toString(), "--patient", patient};
        Cluster.Said full = cluster.run(AUTHOR, add);
        full.ended(5);
        assertThat(full.err()).contains("VAULT_FULL");
        assertThat(ids("recordId", AUTHOR, "record", "list", "--patient", patient))
                .isEmpty();
        cluster.kill(List.of(keeper));
        Files.writeString(config, before);
        cluster.start(List.of(keeper));
        cluster.run(AUTHOR, add).ended(0);
        assertThat(ids("recordId", AUTHOR, "record", "list", "--patient", patient))
                .hasSize(3);
    }

    @Test
    @DisplayName("ID-3: two ids of one person are made one and parted again, and no consent, record or account is lost")
    void twoIdsOfOnePerson() throws Exception {
        String root = patient();
        String alias = patient();
        Path content = content("a");
        String ofRoot = add(content, root);
        String ofAlias = add(content, alias);
        String consent = grant(alias, "--to", RESEARCHER, "--purpose", "HRESCH", "--all");
        get(RESEARCHER, ofAlias, "HRESCH", content);
        cluster.get(RESEARCHER, ofRoot, "HRESCH", "none").refused(4);

        merge(NEXT_OFFICER, root, alias).ended(3);
        merge(AUTHOR, root, alias).ended(4);
        merge(OFFICER, root, root).ended(6);
        merge(OFFICER, root, "0".repeat(32)).ended(3);
        merge(OFFICER, root, alias, "--undo").ended(6);
        cluster.run(OFFICER, "patient", "merge", root, alias, "--reason", "twice")
                .ended(2);
        assertThat(ids("recordId", OFFICER, "record", "list", "--patient", root))
                .containsExactly(ofRoot);

        merge(OFFICER, root, alias).ended(0);
        Path bundle = cluster.devnet.directory().resolve("merged.json");
        assertThat(exported(PRIVACY, "--patient", root, bundle)).hasSize(3).anyMatch(line -> line.startsWith(alias));
        assertThat(exported(PRIVACY, "--institution", "st-mary", bundle.resolveSibling("all.json")))
                .anyMatch(line -> line.startsWith(alias))
                .anyMatch(line -> line.startsWith(root));
        Cluster.Said again = merge(OFFICER, root, alias).ended(6);
        assertThat(again.json().text("code")).isEqualTo("PATIENT_MERGED");
        assertThat(ids("recordId", OFFICER, "record", "list", "--patient", root))
                .containsExactlyInAnyOrder(ofRoot, ofAlias);
        assertThat(ids("consentId", OFFICER, "consent", "list", "--patient", root))
                .containsExactly(consent);
        assertThat(cluster.json(PRIVACY, "audit", "disclosures", "--patient", root)
                        .objects("items"))
                .hasSize(1);
        get(RESEARCHER, ofRoot, "HRESCH", content);
        get(AUTHOR, ofAlias, "TREAT", content);
        cluster.run(AUTHOR, "record", "add", content.toString(), "--patient", alias)
                .ended(6);
        cluster.run(OFFICER, words("patient transfer offer ? --to riverside --evidence ?", root, cluster.form()))
                .ended(6);
        cluster.run(OFFICER, "consent", "revoke", consent, "--reason", "withdrawn")
                .ended(0);
        cluster.get(RESEARCHER, ofRoot, "HRESCH", "none").refused(4);

        merge(OFFICER, root, alias, "--undo").ended(0);
        merge(OFFICER, root, alias, "--undo").ended(6);
        assertThat(ids("recordId", OFFICER, "record", "list", "--patient", root))
                .containsExactly(ofRoot);
        assertThat(ids("recordId", OFFICER, "record", "list", "--patient", alias))
                .containsExactly(ofAlias);
        add(content, alias);
    }

    @Test
    @DisplayName(
            "ID-3, REC-1, REC-2: a patient passes to another hospital with keys, every version, consents and account")
    void anotherCustodian() throws Exception {
        String patient = patient();
        Path first = content("a");
        Path second = content("b");
        String record = add(first, patient);
        cluster.run(AUTHOR, "record", "amend", record, second.toString(), "--reason", "typing")
                .ended(0);
        String consent = grant(patient, "--to", RESEARCHER, "--purpose", "HRESCH", "--label", CODE);
        get(RESEARCHER, record, "HRESCH", second);
        cluster.get(READER, record, "TREAT", "none").refused(4);

        offer(NEXT_OFFICER, patient, "riverside").ended(4);
        offer(AUTHOR, patient, "riverside").ended(4);
        offer(OFFICER, patient, "helix").ended(6);
        offer(OFFICER, patient, "nowhere").ended(3);
        offer(OFFICER, patient, "st-mary").ended(6);
        step(NEXT_OFFICER, "accept", patient).ended(6);
        offer(OFFICER, patient, "riverside").ended(0);
        assertThat(ids("patientId", NEXT_OFFICER, "patient", "transfer", "list"))
                .containsExactly(patient);
        step(OFFICER, "accept", patient).ended(4);
        step(READER, "accept", patient).ended(4);
        step(OFFICER, "hand-over", patient).ended(6);
        step(NEXT_OFFICER, "decline", patient).ended(0);
        step(NEXT_OFFICER, "accept", patient).ended(6);
        offer(OFFICER, patient, "riverside").ended(0);
        step(NEXT_OFFICER, "accept", patient).ended(0);
        step(NEXT_OFFICER, "accept", patient).ended(6);
        step(OFFICER, "decline", patient).ended(0);
        offer(OFFICER, patient, "riverside").ended(0);
        step(NEXT_OFFICER, "accept", patient).ended(0);
        step(NEXT_OFFICER, "hand-over", patient).ended(4);
        step(AUTHOR, "hand-over", patient).ended(4);

        Cluster.Said over = step(OFFICER, "hand-over", patient).ended(0);
        assertThat(over.json().number("records")).isEqualTo(1);
        assertThat(over.json().number("left")).isZero();
        assertThat(over.err()).contains("patient rotate-scope-key " + patient);
        assertThat(step(OFFICER, "hand-over", patient).ended(0).json().texts("txIds"))
                .as("nothing was left")
                .isEmpty();
        untilReceived(record);

        // the old custodian sees and changes nothing more, with its node or without
        cluster.run(OFFICER, "record", "list", "--patient", patient).ended(3);
        cluster.get(AUTHOR, record, "TREAT", "none").refused(4);
        cluster.run(OFFICER, "consent", "revoke", consent, "--reason", "mine").ended(3);
        offer(OFFICER, patient, "riverside").ended(4);
        List<DevnetNode> former = List.of(cluster.devnet.node(1));
        cluster.kill(former);
        get(READER, record, "TREAT", second);
        get(READER, record, "TREAT", first, "--version-number", "1");
        get(RESEARCHER, record, "HRESCH", second);
        assertThat(ids("consentId", NEXT_OFFICER, "consent", "list", "--patient", patient))
                .containsExactly(consent);
        cluster.start(former);
        List<String> accounts = new ArrayList<>();
        for (String accountant : List.of(PRIVACY, NEXT_PRIVACY)) {
            accounts.addAll(ids("accessId", accountant, "audit", "disclosures", "--patient", patient));
        }
        assertThat(accounts)
                .as("each custodian accounts for the one of its time")
                .hasSize(2)
                .doesNotHaveDuplicates();

        // and the new one goes on as it would with a patient of its own
        assertThat(cluster.json(NEXT_OFFICER, "patient", "rotate-scope-key", patient)
                        .number("left"))
                .isZero();
        Path third = content("c");
        cluster.run(READER, "record", "amend", record, third.toString(), "--reason", "follow-up")
                .ended(0);
        get(RESEARCHER, record, "HRESCH", third);
        cluster.run(NEXT_OFFICER, "consent", "revoke", consent, "--reason", "withdrawn")
                .ended(0);
        cluster.get(RESEARCHER, record, "HRESCH", "none").refused(4);
    }

    @Test
    @DisplayName("ACC-3, ACC-4: over a transfer a broken glass is reviewed, and each custodian proves its own account")
    void accountOverATransfer() throws Exception {
        String patient = patient();
        Path content = content("a");
        String record = add(content, patient);
        grant(patient, "--to", READER, "--purpose", "TREAT", "--all");
        grant(patient, "--to", RESEARCHER, "--purpose", "HRESCH", "--all");
        get(READER, record, "TREAT", content);
        String glass = cluster.field(
                "accessId", READER, "access", "break-glass", "--patient", patient, "--rationale", "unconscious");
        get(READER, record, "BTG", content);
        offer(OFFICER, patient, "riverside").ended(0);
        step(NEXT_OFFICER, "accept", patient).ended(0);
        step(OFFICER, "hand-over", patient).ended(0);
        untilReceived(record);

        String[] review = {"access", "review", glass, "--outcome", "not-justified", "--note"};
        cluster.run(NEXT_PRIVACY, as(review, "not mine")).ended(4);
        cluster.run(AUTHOR, as(review, "no officer")).ended(4);
        cluster.run(PRIVACY, as(review, "was awake")).ended(0);
        for (String officer : List.of(PRIVACY, NEXT_PRIVACY)) {
            JsonFields shown = cluster.json(officer, "access", "show", glass);
            assertThat(shown.text("rationale")).isEqualTo("unconscious");
            assertThat(shown.text("note")).isEqualTo("was awake");
        }

        // READER's own institution is the custodian now: what it read before is st-mary's to account for
        get(RESEARCHER, record, "HRESCH", content);
        assertThat(ids("purpose", PRIVACY, "audit", "disclosures", "--patient", patient))
                .containsExactly("TREAT", "BTG");
        assertThat(ids("purpose", NEXT_PRIVACY, "audit", "disclosures", "--patient", patient))
                .containsExactly("HRESCH");
        Path directory = cluster.devnet.directory();
        List<String> former = exported(PRIVACY, "--patient", patient, directory.resolve("former.json"));
        assertThat(former)
                .contains(patient + " disclosed TREAT", patient + " disclosed BTG", patient + " reviewed BTG");
        assertThat(exported(NEXT_PRIVACY, "--patient", patient, directory.resolve("present.json")))
                .hasSize(2)
                .contains(patient + " disclosed HRESCH");
        assertThat(exported(PRIVACY, "--institution", "st-mary", directory.resolve("institution.json")))
                .containsAll(former);
    }

    @Test
    @DisplayName("PRV-6: erased while a former custodian's node is down, which then confirms it and serves nothing")
    void erasedWhileAFormerCustodianIsAway() throws Exception {
        String patient = patient();
        String record = add(content("a"), patient);
        grant(patient, "--to", RESEARCHER, "--purpose", "HRESCH", "--all");
        String hash = cluster.field("ciphertextHash", AUTHOR, "record", "show", record);
        offer(OFFICER, patient, "riverside").ended(0);
        step(NEXT_OFFICER, "accept", patient).ended(0);
        step(OFFICER, "hand-over", patient).ended(0);
        untilReceived(record);

        DevnetNode former = cluster.devnet.node(1);
        Path copy =
                former.dataDir().resolve("vault").resolve(hash.substring(0, 2)).resolve(hash);
        cluster.kill(List.of(former));
        assertThat(copy).as("its vault has not let go yet").exists();
        cluster.run(NEXT_PRIVACY, "record", "erase", record, "--reason", "asked", "--basis", "gdpr-17")
                .ended(0);
        Cluster.await("the custodian confirms", () -> !pending(record).contains("riverside"));
        assertThat(pending(record)).containsExactly("st-mary");
        cluster.start(List.of(former));
        cluster.get(
                        RESEARCHER,
                        record,
                        "HRESCH",
                        "none",
                        "--node",
                        cluster.devnet.node(1).api().toString())
                .refused(3);
        Cluster.await("the former custodian confirms", () -> pending(record).isEmpty());
        assertThat(copy).doesNotExist();
    }

    @Test
    @DisplayName("INT-3 a watch of some kinds takes nothing from a watch of all")
    void watchesOfSomeKinds() throws Exception {
        List<String> consents = List.of("access", "watch", "--type", "consent", "--once");
        List<String> all = List.of("access", "watch", "--once");
        watched(consents);
        watched(all);
        String patient = patient();
        String record = add(content("a"), patient);
        String consent = grant(patient, "--to", RESEARCHER, "--purpose", "HRESCH", "--all");
        get(RESEARCHER, record, "HRESCH", content("a"));
        assertThat(watched(consents)).singleElement().asString().contains(consent, "consent.granted");
        assertThat(watched(all))
                .anyMatch(line -> line.contains("consent.granted"))
                .anyMatch(line -> line.contains("access.permitted"));
        assertThat(watched(consents)).isEmpty();
        List<String> since = List.of("access", "watch", "--type", "consent", "--once", "--since", "2020-01-01");
        assertThat(watched(since)).as("told before or not").anyMatch(line -> line.contains(consent));
        assertThat(watched(consents)).as("and goes on behind it").isEmpty();
        cluster.run(PRIVACY, "access", "watch", "--once", "--since", "yesterday")
                .ended(2);
    }
}
