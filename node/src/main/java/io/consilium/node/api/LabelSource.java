package io.consilium.node.api;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.Code;
import io.consilium.proto.PatientState;
import java.util.List;
import java.util.Set;

/** Blinds codes for a patient, where this node holds the patient's scope key (PRV-4); else a {@link ProblemException}. */
public interface LabelSource {
    Set<ByteString> of(PatientState patient, LedgerState state, List<Code> codes);
}
