package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.interop.epcis.EpcisDocument;
import io.consilium.interop.epcis.EpcisEvent;
import io.consilium.interop.epcis.EpcisLimits;
import io.consilium.interop.epcis.MalformedEpcis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a document of EPCIS from a file and shows its events; submits nothing (DRU-1). */
final class EpcisCheck {
    static final String NOTHING_TAKEN = "Correct it, or ask its sender; nothing of the document was taken";

    private final Session session;

    EpcisCheck(Session session) {
        this.session = session;
    }

    /** @param out where the document is written again */
    int run(String file, Optional<Path> out) throws ClientException {
        UserFiles.requireNew(out);
        List<Map<String, Object>> events = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        EpcisDocument document = read(session, file, event -> {
            events.add(summary(event));
            if (out.isPresent()) {
                texts.add(event.text());
            }
        });
        if (out.isPresent()) {
            UserFiles.publish(out.get(), stream -> document.write(texts, stream));
        }
        EpcisDocument.Form form = document.form();
        if (form == EpcisDocument.Form.QUERY) {
            session.output().say("This is a query for events; it holds none");
        }
        if (session.output().format() == GlobalOptions.Format.table) {
            session.output().raw().print(TableWriter.list(List.of("type", "eventTime", "eventId"), events));
        } else {
            session.output().result(Map.of("events", events));
        }
        return 0;
    }

    /** Hands over each event of a document; a fault in a later one throws after earlier ones were handed over. */
    static EpcisDocument read(Session session, String file, Consumer<EpcisEvent> events) throws ClientException {
        requireSize(file);
        byte[] content = UserFiles.read(session, file, EpcisLimits.MAX_BYTES);
        try {
            return EpcisDocument.read(content, events);
        } catch (MalformedEpcis malformed) {
            throw invalid(malformed);
        }
    }

    static ClientException invalid(MalformedEpcis malformed) {
        String event = malformed.eventIndex().isPresent()
                ? "Event " + malformed.eventIndex().getAsInt() + " (counted from 0) is no valid EPCIS event: "
                : "The document is no valid EPCIS document: ";
        return new ClientException(
                FailureClass.REFUSED,
                "EPCIS_INVALID",
                "DRU-1",
                malformed.path(),
                event + malformed.line(),
                NOTHING_TAKEN);
    }

    /** Refuses a file that is too large before a byte of it is read. */
    private static void requireSize(String file) throws ClientException {
        if (UserFiles.isStdin(file)) {
            return;
        }
        Path path = UserFiles.existing(file);
        try {
            if (Files.size(path) > EpcisLimits.MAX_BYTES) {
                throw new ClientException(
                        FailureClass.REFUSED,
                        "FILE_TOO_LARGE",
                        file + " has more than " + EpcisLimits.MAX_BYTES + " bytes",
                        "Split it into documents of whole events");
            }
        } catch (IOException failed) {
            throw UserFiles.unreadable(file, failed);
        }
    }

    static Map<String, Object> summary(EpcisEvent event) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("type", event.type().text());
        item.put("eventId", event.id());
        item.put("hashId", event.hashId());
        item.put("eventTime", event.eventTime().toString());
        event.action().ifPresent(action -> item.put("action", action));
        event.bizStep().ifPresent(step -> item.put("bizStep", step));
        if (event.errorDeclaration().isPresent()) {
            item.put("declaresError", true);
        }
        return item;
    }
}
