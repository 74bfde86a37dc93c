package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugExceptionStatus;
import io.consilium.proto.DrugReport;
import io.consilium.proto.DrugResolve;
import java.util.List;
import java.util.Optional;

/** Exceptions and their investigation: reported, taken on, resolved by a party (DRU-4, DRU-8). */
final class ExceptionRules {
    private static final String RULE = "DRU-8";

    private ExceptionRules() {}

    /** Something that only a check of the pack itself can find: a serial, lot or date that is not the chain's. */
    static Optional<Rejection> report(DrugBook book, DrugReport report) {
        Optional<Rejection> refusal =
                Traders.isRegulator(book.call()) ? Optional.empty() : Traders.handler(book.call(), RULE);
        if (refusal.isPresent()) {
            return refusal;
        }
        if (!report.getMaker().isEmpty()) {
            boolean makes = book.call()
                    .state()
                    .institution(report.getMaker())
                    .filter(maker -> maker.getRolesList().contains(InstitutionRole.MANUFACTURER.name()))
                    .isPresent();
            if (!makes) {
                return Optional.of(
                        Refusal.INSTITUTION_ROLE.under(RULE, "a MANUFACTURER is told of what carries its prefix"));
            }
            book.signal(Finding.told(report, List.of(report.getMaker())));
            return Optional.empty();
        }
        if (book.product(report.getProductId()).isEmpty()) {
            return Optional.of(Refusal.PRODUCT_UNKNOWN.rejection());
        }
        List<String> parties = book.item(report.getProductId(), report.getItemId())
                .map(item -> {
                    Thing thing = Thing.of(book, item);
                    return thing.finding(
                                    book,
                                    report.getKind(),
                                    List.of(thing.place().custodian()),
                                    "")
                            .parties();
                })
                .map(List::copyOf)
                .orElse(List.of());
        book.signal(Finding.told(report, parties));
        return Optional.empty();
    }

    static Optional<Rejection> resolve(DrugBook book, DrugResolve resolve) {
        boolean regulator = Traders.isRegulator(book.call());
        Optional<Rejection> refusal = regulator ? Optional.empty() : Traders.handler(book.call(), RULE);
        if (refusal.isPresent()) {
            return refusal;
        }
        Optional<DrugExceptionState> found = book.exception(resolve.getExceptionId());
        boolean party = found.map(
                        exception -> regulator || exception.getPartiesList().contains(book.institution()))
                .orElse(false);
        if (!party) {
            return Optional.of(Refusal.EXCEPTION_UNKNOWN.rejection());
        }
        DrugExceptionState exception = found.orElseThrow();
        if (exception.getStatus() == DrugExceptionStatus.DRUG_RESOLVED) {
            return Optional.of(Refusal.EXCEPTION_RESOLVED.rejection());
        }
        boolean maker = exception.getMaker().equals(book.institution())
                || book.product(exception.getProductId())
                        .filter(product -> product.getOwner().equals(book.institution()))
                        .isPresent();
        if (!regulator && !mayClose(book, exception, maker)) {
            return Optional.of(Refusal.RESOLVE_NOT_ALLOWED.rejection());
        }
        if (!exception.getOwner().isEmpty()
                && !regulator
                && !maker
                && !exception.getOwner().equals(book.institution())) {
            return Optional.of(Refusal.OTHER_INSTITUTION.under(RULE, "another party has taken it on"));
        }
        if (!resolve.getInvestigating()
                && ExceptionResolution.of(resolve.getResolution(), exception.getKind())
                        .isEmpty()) {
            return Optional.of(Refusal.RESOLUTION_UNFIT.rejection());
        }
        if (!resolve.getInvestigating() && resolve.getSealedNote().isEmpty()) {
            return Optional.of(Refusal.REASON_REQUIRED.under(RULE, "an exception is resolved with its reason"));
        }
        DrugExceptionState.Builder changed = exception.toBuilder()
                .setOwner(book.institution())
                .setStatus(
                        resolve.getInvestigating()
                                ? DrugExceptionStatus.DRUG_INVESTIGATING
                                : DrugExceptionStatus.DRUG_RESOLVED)
                .setResolution(resolve.getResolution())
                .setSealedNote(resolve.getSealedNote())
                .clearNoteReaders()
                .addAllNoteReaders(resolve.getReadersList())
                .setNoteBy(book.institution());
        change(book, changed);
        if (!resolve.getInvestigating()) {
            // their sender, whose act is in question, does not close it: he receives what he has
            boolean there = resolve.getResolution().equals(ExceptionResolution.NOT_SENT.code());
            Undelivered.settled(book, exception, there && regulator);
        }
        book.made(exception.getId());
        return Optional.empty();
    }

    /** Not who brought it about; and whether a pack is genuine says who made it. */
    private static boolean mayClose(DrugBook book, DrugExceptionState exception, boolean maker) {
        return !exception.getCause().equals(book.institution())
                && (maker || !Finding.isAboutGenuineness(exception.getKind()));
    }

    /** An exception that somebody of an institution reported, and that has settled itself. */
    static void settle(
            DrugBook book,
            String reporter,
            DrugExceptionKind kind,
            ByteString productId,
            ByteString object,
            String resolution) {
        book.exception(DrugBook.exceptionId(reporter, kind, productId, object))
                .filter(exception -> exception.getStatus() != DrugExceptionStatus.DRUG_RESOLVED)
                .ifPresent(exception -> change(
                        book,
                        exception.toBuilder()
                                .setStatus(DrugExceptionStatus.DRUG_RESOLVED)
                                .setResolution(resolution)));
    }

    private static void change(DrugBook book, DrugExceptionState.Builder exception) {
        DrugExceptionState state = exception
                .setChangedMillis(book.call().timeMillis())
                .setVersion(exception.getVersion() + 1)
                .build();
        book.put(DrugKeys.exception(state.getId()), state);
        book.notice(EventType.DRUG_EXCEPTION_CHANGED, state.getPartiesList(), state.getId());
    }
}
