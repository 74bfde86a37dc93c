package io.consilium.ledger.identity;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.PatientState;
import java.util.ArrayList;
import java.util.List;

/** The ids of one person (ID-3): the one that goes on, the root, and those merged into it. Every alias names its root itself. */
public final class PatientFamily {
    private PatientFamily() {}

    /** The id that goes on for this one; itself where it is no alias. */
    public static ByteString rootOf(LedgerState state, ByteString patientId) {
        return state.patient(patientId)
                .map(PatientState::getMergedInto)
                .filter(root -> !root.isEmpty())
                .orElse(patientId);
    }

    public static boolean isSame(LedgerState state, ByteString one, ByteString other) {
        return one.equals(other) || rootOf(state, one).equals(rootOf(state, other));
    }

    /** Root first, then the aliases in the order of their merges, whichever of them is asked for. */
    public static List<PatientState> of(LedgerState state, PatientState patient) {
        PatientState root = patient.getMergedInto().isEmpty()
                ? patient
                : state.patient(patient.getMergedInto()).orElseThrow();
        if (root.getAliasesCount() == 0) {
            return List.of(root);
        }
        List<PatientState> family = new ArrayList<>(List.of(root));
        for (ByteString alias : root.getAliasesList()) {
            family.add(state.patient(alias).orElseThrow());
        }
        return family;
    }
}
