package io.consilium.cli;

import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.client.SealedDetails;
import io.consilium.ledger.provenance.ExceptionResolution;
import io.consilium.ledger.tx.ActorName;
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

    /** In words for whoever holds the goods. */
    static String meaning(DrugExceptionKind kind) {
        return switch (kind) {
            case DRUG_OVER -> "More came than was sent";
            case DRUG_SHORT -> "It was sent and did not come";
            case DRUG_NO_DATA -> "It came, and no shipment tells of it";
            case DRUG_NO_PRODUCT -> "A shipment was announced, and nothing came";
            case DRUG_DUPLICATE_SERIAL -> "Its serial was to be made a second time";
            case DRUG_UNKNOWN_SERIAL -> "Nobody made this serial";
            case DRUG_LOT_MISMATCH -> "A pack with this serial has another lot number printed on it";
            case DRUG_EXPIRY_MISMATCH -> "A pack with this serial has another expiry date printed on it";
            case DRUG_DISPENSED_TWICE -> "It was to be handed out again: one of two packs is false";
            case DRUG_TWO_PLACES -> "Somebody acted on it while another had it: one of two is false";
            case DRUG_CUSTODY_GAP -> "It showed up where nobody had sent it";
            case DRUG_SUSPECT_PRODUCT -> "It may be a counterfeit";
            case DRUG_EXCEPTION_KIND_UNSPECIFIED, UNRECOGNIZED -> "Something is not as it should be";
        };
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
        List<String> fit = ExceptionResolution.codes(exception.getKind());
        if (resolution.isPresent() && !fit.contains(resolution.get())) {
            throw new MalformedInput(
                    "--resolution",
                    "--resolution is one of " + String.join(", ", fit),
                    "See consilium drug exceptions --help");
        }
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

    /** Absent where the text, which another institution wrote, names no pack, or the product's key is not to be had. */
    private static Optional<String> product(DrugDesk desk, String printed) {
        try {
            return desk.productName(PrintedPack.read("", printed).key());
        } catch (ClientException unknown) {
            return Optional.empty();
        }
    }

    /**
     * One exception, with what stands on the pack and the reason of its resolution where this reader is a party.
     *
     * @param items which of these it is about is told
     */
    static Map<String, Object> shown(DrugDesk desk, DrugExceptionState exception, String own, List<PrintedPack> items)
            throws ClientException {
        Map<String, Object> object = describe(exception);
        if (!exception.getProductId().isEmpty()) {
            object.put("productId", Ids.text(exception.getProductId()));
        } else if (exception.getKind() != DrugExceptionKind.DRUG_NO_PRODUCT) {
            desk.containerName(exception.getObject()).ifPresent(sscc -> object.put("container", "(00)" + sscc));
        }
        String reporter = ActorName.institutionOf(exception.getReporter());
        Optional<BlindingKey> shared =
                exception.getSealedDetails().isEmpty() ? Optional.empty() : desk.sharedBy(reporter);
        Optional<String> printed = shared.flatMap(found -> SealedDetails.open(
                        new SealedDetails.Sealed(exception.getSealedDetails(), exception.getDetailsReadersList()),
                        own,
                        found)
                .map(text -> new String(text, StandardCharsets.UTF_8)));
        if (printed.isPresent()) {
            object.put("pack", printed.get());
            product(desk, printed.get()).ifPresent(name -> object.put("product", name));
        }
        for (PrintedPack item : items) {
            if (desk.names(item.key(), exception.getObject())) {
                object.put("pack", item.key().elementString());
            }
        }
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
