package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.proto.MrnIndexRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Questions to the institution's index of medical record numbers, at its own node; no number in any message (ID-3). */
final class MrnSteps {
    private static final int MAX_BYTES = 1024;
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:\\S+");

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
        if (number.strip().lines().count() > 1) {
            throw new MalformedInput("--mrn", "There is more than one line", "Give one medical record number");
        }
        if (system.isPresent() && !ADDRESS.matcher(system.get()).matches()) {
            throw new MalformedInput(
                    "--system",
                    "--system is no address of a system of numbers",
                    "Write the Identifier.system of FHIR, e.g. urn:oid:1.2.36.146.595.217.0.1, or leave it out");
        }
        MrnIndexRequest request = action.apply(
                        MrnIndexRequest.newBuilder().setMrn(number.strip()).setSystem(system.orElse("")))
                .build();
        return new Custodian(session).ask(client -> client.mrnIndex(request)).getPatientId();
    }
}
