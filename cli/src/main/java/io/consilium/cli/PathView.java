package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonReader;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.DrugContainerLabel;
import io.consilium.proto.DrugErrorDeclaration;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugStep;
import io.consilium.proto.DrugStepError;
import io.consilium.proto.DrugTraced;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The path of one pack or container, with the names that this reader can give to what is blinded (DRU-7). */
final class PathView {
    private static final int SHORT_DIGITS = 8;

    private final Function<ByteString, Optional<String>> reasons;
    private final Gs1Key key;
    private final DrugTraced traced;
    private final Map<ByteString, String> containers = new LinkedHashMap<>();

    /**
     * @param names what a container is called
     * @param reasons opens why something was done
     */
    PathView(
            Function<ByteString, String> names,
            Function<ByteString, Optional<String>> reasons,
            Gs1Key key,
            DrugTraced traced) {
        this.reasons = reasons;
        this.key = key;
        this.traced = traced;
        for (DrugStep step : traced.getStepsList()) {
            boolean aggregates = step.getType().equals("pack") || step.getType().equals("unpack");
            if (aggregates && !step.getObject().equals(traced.getItemId())) {
                containers.computeIfAbsent(step.getObject(), names);
            }
        }
    }

    static PathView of(DrugDesk desk, Gs1Key key, DrugTraced traced) throws ClientException {
        // the product's key opens those of a pack, that of a container's packer those of a container
        List<BlindingKey> keys = new ArrayList<>();
        if (DrugDesk.isContainer(key)) {
            desk.containers().existing(key).ifPresent(container -> keys.add(container.key()));
        } else {
            keys.add(desk.requireProduct(key));
        }
        Map<ByteString, String> names = new LinkedHashMap<>();
        for (DrugContainerLabel label : traced.getContainersList()) {
            Optional<BlindingKey> packer = desk.packed(label);
            packer.ifPresent(keys::add);
            packer.flatMap(found -> found.open(label.getSealedLabel()))
                    .ifPresent(sscc -> names.put(label.getContainerId(), "SSCC " + sscc));
        }
        Function<ByteString, Optional<String>> reasons = hidden ->
                keys.stream().flatMap(held -> held.open(hidden).stream()).findFirst();
        return new PathView(id -> names.getOrDefault(id, unnamed(id)), reasons, key, traced);
    }

    /** One step, in the words of the trade. */
    record Event(
            String type,
            long timeMillis,
            String institution,
            String to,
            String container,
            String reason,
            DrugStep step) {}

    /** Something that is not as it should be; time, reporting institution and reason where they are known. */
    record Alert(String type, long timeMillis, String institution, String text, String reason) {
        Alert(String type, long timeMillis, String institution, String text) {
            this(type, timeMillis, institution, text, "");
        }
    }

    String title() {
        return key.elementString();
    }

    String status() {
        return traced.getStatus();
    }

    DrugTraced traced() {
        return traced;
    }

    List<Event> events() {
        List<Event> events = new ArrayList<>();
        for (DrugStep step : traced.getStepsList()) {
            String actor = step.getActor();
            events.add(new Event(
                    step.getType(),
                    step.getEventTimeMillis(),
                    actor.substring(0, actor.indexOf('/')),
                    step.getTo(),
                    containers.getOrDefault(step.getObject(), ""),
                    reasons.apply(step.getSealedReason()).orElse(""),
                    step));
        }
        return events;
    }

    /** Everybody on the path, in the order of their first appearance. */
    List<String> parties() {
        Set<String> parties = new LinkedHashSet<>();
        for (Event event : events()) {
            parties.add(event.institution());
            if (!event.to().isEmpty()) {
                parties.add(event.to());
            }
        }
        return List.copyOf(parties);
    }

    List<Alert> alerts() {
        List<Alert> alerts = new ArrayList<>();
        if (!traced.getRecallId().isEmpty()) {
            String reason = reasons.apply(traced.getRecallReason()).orElse("");
            alerts.add(new Alert(
                    "recalled",
                    traced.getRecalledMillis(),
                    "",
                    "Recalled by its manufacturer or the regulator" + (reason.isEmpty() ? "" : ": " + reason),
                    reason));
        }
        boolean expired = traced.getExpiryMillis() != 0 && traced.getExpiryMillis() <= System.currentTimeMillis();
        if (expired) {
            alerts.add(new Alert("expired", traced.getExpiryMillis(), "", "Its expiry date has passed"));
        }
        for (DrugStepError error : traced.getErrorsList()) {
            alerts.add(new Alert(
                    "event-in-error",
                    error.getDeclaration().getDeclaredMillis(),
                    "",
                    "A step is declared to be wrong: " + reason(error)));
        }
        for (DrugExceptionState exception : traced.getExceptionsList()) {
            alerts.add(new Alert(
                    DrugExceptions.type(exception.getKind()),
                    exception.getOpenedMillis(),
                    ActorName.institutionOf(exception.getReporter()),
                    DrugExceptions.meaning(exception.getKind()) + ". Reported by " + exception.getReporter() + ", "
                            + DrugExceptions.word(exception.getStatus().name())));
        }
        return alerts;
    }

    private static String reason(DrugStepError error) {
        String reason = error.getDeclaration().getReason().replace('_', ' ');
        int corrective = error.getDeclaration().getCorrectiveEventIdsCount();
        return (reason.isEmpty() ? "no reason given" : reason)
                + (corrective == 0 ? "" : ", put right by " + corrective + " later event(s)");
    }

    /** The declaration that a step is wrong, where there is one. */
    private Optional<DrugErrorDeclaration> error(DrugStep step) {
        return traced.getErrorsList().stream()
                .filter(error -> error.getEventId().equals(step.getEventId()))
                .map(DrugStepError::getDeclaration)
                .findFirst();
    }

    /** @param captured opens events that were captured, where this reader may */
    Map<String, Object> shown(KeptEvents captured) throws ClientException {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("item", key.elementString());
        shown.put("digitalLink", key.digitalLink());
        shown.put("status", traced.getStatus());
        shown.put("custodian", traced.getCustodian());
        shown.put("inTransitTo", traced.getInTransitTo());
        shown.put("manufacturer", traced.getManufacturer());
        if (traced.getExpiryMillis() != 0) {
            shown.put("expiry", Dates.lastDay(traced.getExpiryMillis()).toString());
        }
        List<Object> events = new ArrayList<>();
        for (Event event : events()) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("type", event.type());
            object.put("time", Dates.text(event.timeMillis()));
            object.put("recordedAt", Dates.text(event.step().getTimeMillis()));
            object.put("institution", event.institution());
            object.put("actor", event.step().getActor());
            optional(object, "to", event.to());
            optional(object, "container", event.container());
            optional(object, "reason", event.reason());
            object.put("txId", Ids.text(event.step().getTxId()));
            error(event.step()).ifPresent(error -> {
                Map<String, Object> declared = new LinkedHashMap<>();
                declared.put("declaredAt", Dates.text(error.getDeclaredMillis()));
                declared.put("reason", error.getReason());
                declared.put("correctiveEvents", error.getCorrectiveEventIdsCount());
                object.put("errorDeclaration", declared);
            });
            Optional<KeptEvents.Kept> kept = captured.of(event.step());
            if (kept.isPresent()) {
                object.put("epcis", tree(kept.get()));
            }
            events.add(object);
        }
        shown.put("events", events);
        List<Object> alerts = new ArrayList<>();
        for (Alert alert : alerts()) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("type", alert.type());
            optional(object, "time", alert.timeMillis() == 0 ? "" : Dates.text(alert.timeMillis()));
            object.put("text", alert.text());
            optional(object, "reason", alert.reason());
            alerts.add(object);
        }
        shown.put("alerts", alerts);
        return shown;
    }

    private static Object tree(KeptEvents.Kept kept) {
        try {
            return JsonReader.read(kept.event().text());
        } catch (JsonException impossible) {
            throw new IllegalStateException("an event that was read cannot be read again", impossible);
        }
    }

    private static void optional(Map<String, Object> object, String field, String value) {
        if (!value.isEmpty()) {
            object.put(field, value);
        }
    }

    /** For a terminal: a line a step. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(title()).append("  ").append(status());
        text.append("  with ").append(traced.getCustodian());
        if (!traced.getInTransitTo().isEmpty()) {
            text.append(", under way to ").append(traced.getInTransitTo());
        }
        text.append('\n');
        for (Event event : events()) {
            text.append("  ")
                    .append(Dates.text(event.timeMillis()))
                    .append("  ")
                    .append(event.institution())
                    .append("  ")
                    .append(sentence(event))
                    .append(event.reason().isEmpty() ? "" : " (" + event.reason() + ")")
                    .append("  tx ")
                    .append(Ids.text(event.step().getTxId()))
                    .append('\n');
        }
        text.append("  told and signed by ")
                .append(traced.getAnswered().getResponder())
                .append(" as of ")
                .append(Dates.text(traced.getAnswered().getTipMillis()))
                .append(", height ")
                .append(traced.getAnswered().getHeight())
                .append('\n');
        for (Alert alert : alerts()) {
            text.append("  ! ")
                    .append(alert.type())
                    .append(": ")
                    .append(alert.text())
                    .append('\n');
        }
        return text.toString();
    }

    static String sentence(Event event) {
        return switch (event.type()) {
            case "commission" -> "made";
            case "pack" -> event.container().isEmpty() ? "filled" : "packed into " + event.container();
            case "unpack" -> "taken out of " + event.container();
            case "ship" -> "sent to " + event.to();
            case "return" -> "sent back to " + event.to();
            case "receive" -> "received";
            case "missing" -> "missed on receipt";
            case "not-received" -> "did not come, is its sender's";
            case "dispense" -> "handed to a patient";
            case "dispense-partially" -> "handed out in part";
            case "sample" -> "taken as a sample";
            case "destroy" -> "destroyed";
            case "export" -> "exported";
            case "decommission" -> "its code was taken off";
            case "quarantine" -> "put in quarantine";
            case "release" -> "released";
            case "mark-suspect" -> "marked as suspect";
            case "mark-illegitimate" -> "marked as illegitimate";
            case "recall" -> "recalled";
            case "undo" -> "last step undone";
            default -> event.type();
        };
    }

    /** A container that this reader cannot name. */
    static String unnamed(ByteString id) {
        return "container " + Ids.text(id).substring(0, SHORT_DIGITS);
    }
}
