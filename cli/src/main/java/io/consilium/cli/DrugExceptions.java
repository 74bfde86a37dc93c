package io.consilium.cli;

import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.SealedDetails;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugResolve;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Exceptions of provenance as they are shown. */
final class DrugExceptions {
    private DrugExceptions() {}

    static String type(DrugExceptionKind kind) {
        return word(kind.name());
    }

    static Map<String, Object> describe(DrugExceptionState exception) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("exceptionId", Ids.text(exception.getId()));
        object.put("type", type(exception.getKind()));
        object.put("status", word(exception.getStatus().name()));
        object.put("object", Ids.text(exception.getObject()));
        object.put("reporter", exception.getReporter());
        object.put("parties", List.copyOf(exception.getPartiesList()));
        object.put("owner", exception.getOwner());
        object.put("openedAt", Dates.text(exception.getOpenedMillis()));
        object.put("changedAt", Dates.text(exception.getChangedMillis()));
        object.put("occurrences", exception.getOccurrences());
        object.put("resolution", exception.getResolution());
        return object;
    }

    /** The act of taking an exception on or resolving it; why it is resolved is sealed for its parties. */
    static DrugResolve resolving(
            DrugDesk desk,
            DrugExceptionState exception,
            String own,
            Optional<String> resolution,
            Optional<String> reason)
            throws ClientException {
        DrugResolve.Builder resolve = DrugResolve.newBuilder()
                .setExceptionId(exception.getId())
                .setInvestigating(resolution.isEmpty())
                .setResolution(resolution.orElse("investigating"));
        if (reason.isPresent()) {
            TreeSet<String> readers = new TreeSet<>(exception.getPartiesList());
            readers.add(own);
            SealedDetails.Sealed note =
                    SealedDetails.seal(reason.get().getBytes(StandardCharsets.UTF_8), desk.readerKeys(readers));
            resolve.setSealedNote(note.bytes()).addAllReaders(note.readers());
        }
        return resolve.build();
    }

    /** One exception, with the reason of its resolution where this reader is a party. */
    static Map<String, Object> shown(DrugDesk desk, DrugExceptionState exception, String own) throws ClientException {
        Map<String, Object> object = describe(exception);
        Optional<BlindingKey> key =
                exception.getSealedNote().isEmpty() ? Optional.empty() : desk.sharedBy(exception.getNoteBy());
        if (key.isPresent()) {
            SealedDetails.open(
                            new SealedDetails.Sealed(exception.getSealedNote(), exception.getNoteReadersList()),
                            own,
                            key.get())
                    .ifPresent(note -> object.put("reason", new String(note, StandardCharsets.UTF_8)));
        }
        return object;
    }

    /** {@code DRUG_NO_DATA} reads {@code no-data}. */
    static String word(String constant) {
        return constant.substring("DRUG_".length()).toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
