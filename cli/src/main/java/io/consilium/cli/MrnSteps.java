package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.proto.MrnIndexRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Questions to the institution's index of medical record numbers, at its own node; no number in any message (ID-3). */
final class MrnSteps {
    private static final int MAX_BYTES = 1024;

    private MrnSteps() {}

    static ByteString ask(
            Session session, String mrn, Optional<String> system, UnaryOperator<MrnIndexRequest.Builder> action)
            throws ClientException {
        String number = UserFiles.isStdin(mrn)
                ? new String(UserFiles.read(session, mrn, MAX_BYTES), StandardCharsets.UTF_8)
                : mrn;
        if (number.isBlank()) {
            throw new MalformedInput("--mrn", "The medical record number is empty", "Give it, or - and the input");
        }
        MrnIndexRequest request = action.apply(
                        MrnIndexRequest.newBuilder().setMrn(number.strip()).setSystem(system.orElse("")))
                .build();
        return new Custodian(session).ask(client -> client.mrnIndex(request)).getPatientId();
    }
}
