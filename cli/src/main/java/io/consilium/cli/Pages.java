package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.client.VerificationFailed;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Fetches one page of a list and prints it. */
final class Pages {
    private final Session session;

    Pages(Session session) {
        this.session = session;
    }

    /** Of a stream, which ends after so many; 0 is without end. */
    static void requireCount(String option, int count) throws MalformedInput {
        if (count < 0) {
            throw new MalformedInput(
                    option, option + " is a number from 1 on, not " + count, "Leave it out for no end");
        }
    }

    /** The options of every list. */
    static final class Paging {
        @picocli.CommandLine.Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "100",
                description = "Items in one page, 1 to 500 (default 100).")
        int limit = 100;

        @picocli.CommandLine.Option(
                names = "--cursor",
                paramLabel = "CURSOR",
                description = "Where to go on: nextCursor of the page before.")
        Optional<String> cursor = Optional.empty();
    }

    <T> void print(
            String list,
            String by,
            Paging paging,
            Parser<T> parser,
            List<String> columns,
            Function<T, Map<String, Object>> describe)
            throws ClientException {
        print(ListRequest.newBuilder().setList(list).setBy(by), paging, parser, columns, describe);
    }

    <T> void print(
            ListRequest.Builder request,
            Paging paging,
            Parser<T> parser,
            List<String> columns,
            Function<T, Map<String, Object>> describe)
            throws ClientException {
        if (paging.limit < 1 || paging.limit > 500) {
            throw new MalformedInput(
                    "--limit", "--limit is 1 to 500, not " + paging.limit, "Page with --cursor for more");
        }
        request.setLimit(paging.limit).setCursor(paging.cursor.orElse(""));
        ListResponse page = new Custodian(session).ask(client -> client.list(request.build()));
        List<Map<String, Object>> items = new ArrayList<>();
        for (ByteString item : page.getItemsList()) {
            try {
                items.add(describe.apply(parser.parseFrom(item)));
            } catch (InvalidProtocolBufferException malformed) {
                throw new VerificationFailed(
                                "ANSWER_MALFORMED",
                                "An item of the list cannot be read",
                                "Check that node and client are of one version")
                        .causedBy(malformed);
            }
        }
        session.output().list(columns, items, Optional.of(page.getNextCursor()).filter(text -> !text.isEmpty()));
    }
}
