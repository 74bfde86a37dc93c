package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.trials.TrialIds;
import io.consilium.proto.PatientMerge;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TrialNullifierRequest;
import io.consilium.proto.TrialNullifierResponse;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a custodian's node tells of a patient for a trial. */
class TrialNullifierTest extends TrialAtNode {
    private ByteString patient(byte[] secret) throws Exception {
        ByteString patient = id();
        net.commit(
                CLINICIAN,
                TransactionBody.newBuilder()
                        .setPatientRegister(PatientRegister.newBuilder()
                                .setPatientId(patient)
                                .setCustodian("st-mary")
                                .addScopeKey(net.sealed(
                                        "st-mary",
                                        KeyEnvelope.Use.SCOPE_KEY,
                                        patient,
                                        random32().toByteArray()))
                                .addPatientSecret(
                                        net.sealed("st-mary", KeyEnvelope.Use.PATIENT_SECRET, patient, secret))));
        return patient;
    }

    private ByteString nullifier(ByteString trial, ByteString patient) throws Exception {
        return net.ok(
                        CLINICIAN,
                        "TrialNullifier",
                        TrialNullifierRequest.newBuilder()
                                .setTrialId(trial)
                                .setPatientId(patient)
                                .build(),
                        TrialNullifierResponse.parser())
                .getNullifier();
    }

    private void merge(ByteString root, ByteString alias, boolean undo) throws Exception {
        assertThat(net.commit(
                                TestNetwork.OFFICER,
                                TransactionBody.newBuilder()
                                        .setPatientMerge(PatientMerge.newBuilder()
                                                .setRootId(root)
                                                .setAliasId(alias)
                                                .setUndo(undo)
                                                .setEvidenceHash(random32())))
                        .getCode())
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("TRI-4 ID-3 a person is enrolled once, by whichever of its merged ids, and whenever they were merged")
    void tri4_mergedPatients() throws Exception {
        byte[] rootSecret = random32().toByteArray();
        byte[] aliasSecret = random32().toByteArray();
        ByteString root = patient(rootSecret);
        ByteString alias = patient(aliasSecret);
        ByteString enrolledBefore = approvedTrial();
        ByteString enrolledAfter = approvedTrial();
        enrol(enrolledBefore, "1.0", nullifier(enrolledBefore, alias));
        assertThat(nullifier(enrolledBefore, root)).isEqualTo(TrialIds.nullifier(rootSecret, enrolledBefore));
        merge(root, alias, false);
        // Enrolled as the alias: the root is the same person now.
        assertThat(refusedEnrolment(enrolledBefore, nullifier(enrolledBefore, root)))
                .isEqualTo("ALREADY_ENROLLED");
        assertThat(refusedEnrolment(enrolledBefore, nullifier(enrolledBefore, alias)))
                .isEqualTo("ALREADY_ENROLLED");
        // Enrolled as neither: of the two ids one is let in.
        enrol(enrolledAfter, "1.0", nullifier(enrolledAfter, alias));
        assertThat(refusedEnrolment(enrolledAfter, nullifier(enrolledAfter, root)))
                .isEqualTo("ALREADY_ENROLLED");
        // Two persons after all.
        merge(root, alias, true);
        enrol(enrolledBefore, "1.0", nullifier(enrolledBefore, root));
    }

    private String refusedEnrolment(ByteString trial, ByteString nullifier) throws Exception {
        return act(CLINICIAN, trial, action -> action.setEnroll(enrolment(id(), "1.0", nullifier)))
                .getCode();
    }

    @Test
    @DisplayName("TRI-4 a custodian's node tells clinicians of sites the nullifier, one for each trial")
    void tri4_nullifier() throws Exception {
        byte[] secret = random32().toByteArray();
        ByteString patient = patient(secret);
        ByteString one = approvedTrial();
        ByteString other = approvedTrial();
        TrialNullifierRequest request = TrialNullifierRequest.newBuilder()
                .setTrialId(one)
                .setPatientId(patient)
                .build();
        for (String clinician : List.of(CLINICIAN, STRANGER)) {
            assertThat(net.ok(clinician, "TrialNullifier", request, TrialNullifierResponse.parser())
                            .getNullifier())
                    .isEqualTo(TrialIds.nullifier(secret, one));
        }
        assertThat(net.ok(
                                CLINICIAN,
                                "TrialNullifier",
                                request.toBuilder().setTrialId(other).build(),
                                TrialNullifierResponse.parser())
                        .getNullifier())
                .isEqualTo(TrialIds.nullifier(secret, other))
                .isNotEqualTo(TrialIds.nullifier(secret, one));
        for (String outsider : List.of(RESEARCHER, SPONSOR, TestNetwork.INSPECTOR, TestNetwork.OFFICER)) {
            assertThat(net.refused(outsider, "TrialNullifier", request).getCode())
                    .as(outsider)
                    .isEqualTo("ROLE_REQUIRED");
        }
        assertThat(net.refused(
                                CLINICIAN,
                                "TrialNullifier",
                                request.toBuilder().setPatientId(id()).build())
                        .getExitCode())
                .isEqualTo(3);
        ByteString without = net.patient(CLINICIAN);
        assertThat(net.refused(
                                CLINICIAN,
                                "TrialNullifier",
                                request.toBuilder().setPatientId(without).build())
                        .getCode())
                .isEqualTo("PATIENT_SECRET_MISSING");
    }
}
