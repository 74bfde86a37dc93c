package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.VerificationFailed;
import io.consilium.proto.AccessState;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import java.util.ArrayList;
import java.util.List;

/** A patient's log as far as this member may read it, oldest first, page by page (ACC-4, PRV-8). */
final class AccessLog {
    private static final int PAGE = 500;

    /** What one command holds in memory. */
    private static final int MAX_ACCESSES = 50_000;

    private AccessLog() {}

    /** Takes one access after the other. */
    interface Reader {
        void take(AccessState access) throws ClientException;
    }

    static void read(Session session, ByteString patientId, Reader reader) throws ClientException {
        String cursor = "";
        do {
            ListResponse page = session.client()
                    .list(ListRequest.newBuilder()
                            .setList("log")
                            .setBy("patient/" + Ids.text(patientId))
                            .setLimit(PAGE)
                            .setCursor(cursor)
                            .build());
            for (ByteString item : page.getItemsList()) {
                reader.take(parse(item));
            }
            cursor = page.getNextCursor();
        } while (!cursor.isEmpty());
    }

    /** The accesses with anything in the time, and every break-glass, whose review exempts later disclosures. */
    static List<AccessState> during(Session session, ByteString patientId, AuditTime time) throws ClientException {
        List<AccessState> accesses = new ArrayList<>();
        read(session, patientId, access -> {
            if (access.hasBreakGlass() || time.touches(access)) {
                accesses.add(access);
            }
            if (accesses.size() > MAX_ACCESSES) {
                throw new ClientException(
                        FailureClass.REFUSED,
                        "LOG_TOO_LONG",
                        "TX-6",
                        "",
                        "The log has more than " + MAX_ACCESSES + " accesses in this time",
                        "Narrow it with --from and --to, or write it in parts with consilium audit export");
            }
        });
        return accesses;
    }

    private static AccessState parse(ByteString item) throws ClientException {
        try {
            return AccessState.parseFrom(item);
        } catch (InvalidProtocolBufferException malformed) {
            throw new VerificationFailed(
                            "ANSWER_MALFORMED",
                            "A line of the log cannot be read",
                            "Check that node and client are of one version")
                    .causedBy(malformed);
        }
    }
}
