package io.consilium.bench.simulator;

import com.google.protobuf.ByteString;
import io.consilium.bench.SampleTransactions;
import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.Admission;
import java.util.ArrayList;
import java.util.List;

/**
 * The clients of a world: they register patients and records, grant and revoke consents, ask for access, send some
 * transactions twice and to several nodes, and never look whether a node is well.
 */
final class Workload {
    private static final long VALID_MILLIS = 300_000;
    private static final int MAX_BATCH = 4;
    private static final int FINAL_TRANSACTIONS = 6;

    private final World world;
    private final Chance chance;
    private final SampleTransactions samples;
    private final int transactions;
    private final List<ParsedTransaction> sent = new ArrayList<>();
    private final List<Patient> patients = new ArrayList<>();
    private final List<Hash> owed = new ArrayList<>();
    private long requests;
    private int begun;

    private static final class Patient {
        final ByteString id;
        final int custodian;
        final List<ByteString> records = new ArrayList<>();
        final List<ByteString> consents = new ArrayList<>();

        Patient(ByteString id, int custodian) {
            this.id = id;
            this.custodian = custodian;
        }
    }

    Workload(World world, Chance chance, int transactions) {
        this.world = world;
        this.chance = chance;
        this.transactions = transactions;
        this.samples = new SampleTransactions(world.cluster().chainId(), chance::bytes);
    }

    void begin() {
        world.timeline().after(chance.between(1_000, 300_000), this::turn);
    }

    private void turn() {
        if (begun >= transactions) {
            return;
        }
        List<ParsedTransaction> batch = new ArrayList<>();
        int size = 1 + chance.below(MAX_BATCH);
        for (int i = 0; i < size && begun < transactions; i++) {
            batch.add(chance.percent(10) && !sent.isEmpty() ? chance.pick(sent) : fresh());
        }
        send(chance.pick(world.nodes()), batch);
        if (chance.percent(15)) {
            send(chance.pick(world.nodes()), batch);
        }
        world.timeline().after(chance.between(1_000, 400_000), this::turn);
    }

    /** What is sent after the healing must become final, whatever happened before. */
    void finish(List<SimulatedNode> living) {
        begun = transactions;
        for (int i = 0; i < FINAL_TRANSACTIONS; i++) {
            SimulatedNode node = chance.pick(living);
            long delay = chance.between(0, 3_000_000);
            world.timeline().after(delay, () -> {
                ParsedTransaction transaction = fresh();
                owed.add(transaction.txId());
                owing--;
                send(node, List.of(transaction));
            });
        }
        owing = FINAL_TRANSACTIONS;
    }

    private int owing;

    /** Whether transactions of the end are still to be sent. */
    boolean sending() {
        return owing > 0;
    }

    List<Hash> owed() {
        return owed;
    }

    void admitted(SimulatedNode node, long request, List<Admission> admissions) {
        for (Admission admission : admissions) {
            world.note(
                    node.number(),
                    "answers " + request + ": " + admission.getClass().getSimpleName() + " "
                            + admission.txId().shortHex());
            if (!(admission instanceof Admission.Accepted)) {
                boolean duplicate = admission instanceof Admission.Duplicate;
                if (!duplicate && owed.contains(admission.txId())) {
                    throw new Violation("LIVENESS", "node " + node.number() + " refuses " + admission);
                }
            }
        }
    }

    private void send(SimulatedNode node, List<ParsedTransaction> batch) {
        if (node.running()) {
            node.submit(requests++, batch);
        }
    }

    private ParsedTransaction fresh() {
        begun++;
        ParsedTransaction transaction = parse(bytes());
        sent.add(transaction);
        return transaction;
    }

    private byte[] bytes() {
        long validUntil = Math.max(world.trueMillis(), world.invariants().blockMillis()) + VALID_MILLIS;
        if (patients.isEmpty() || chance.percent(25)) {
            Patient patient =
                    new Patient(samples.id(), chance.below(world.cluster().size()));
            patients.add(patient);
            return samples.patient(
                    world.cluster().clinician(patient.custodian, world.verifier()),
                    world.cluster().custodian(patient.custodian),
                    patient.id,
                    validUntil);
        }
        Patient patient = chance.pick(patients);
        SampleTransactions.Author clinician = world.cluster().clinician(patient.custodian, world.verifier());
        SampleTransactions.Author officer = world.cluster().officer(patient.custodian, world.verifier());
        if (patient.records.isEmpty() || chance.percent(50)) {
            ByteString record = samples.id();
            patient.records.add(record);
            return samples.record(
                    clinician, world.cluster().custodian(patient.custodian), patient.id, record, validUntil);
        }
        int other = chance.below(world.cluster().size());
        return switch (chance.below(3)) {
            case 0 -> {
                ByteString consent = samples.id();
                patient.consents.add(consent);
                yield samples.grant(
                        officer, patient.id, consent, world.cluster().institution(other), validUntil);
            }
            case 1 ->
                patient.consents.isEmpty()
                        ? samples.access(clinician, chance.pick(patient.records), validUntil)
                        : samples.revoke(officer, chance.pick(patient.consents), validUntil);
            default ->
                samples.access(
                        world.cluster().clinician(other, world.verifier()), chance.pick(patient.records), validUntil);
        };
    }

    private static ParsedTransaction parse(byte[] signed) {
        try {
            return ParsedTransaction.parse(signed);
        } catch (MalformedTransaction malformed) {
            throw new IllegalStateException("the workload made a malformed transaction", malformed);
        }
    }
}
