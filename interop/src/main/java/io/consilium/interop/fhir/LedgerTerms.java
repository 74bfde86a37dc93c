package io.consilium.interop.fhir;

import com.google.protobuf.ByteString;
import io.consilium.interop.fhir.ReadableRule.LabelGroup;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.Period;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Readable terms as the chain holds them: labels blinded, conditions sealed (PRV-4, PRV-5). */
public final class LedgerTerms {
    private LedgerTerms() {}

    /** What only the holder of the patient's scope key can do; asked for only where there is something to hide. */
    public interface Veil<E extends Exception> {
        /** The blinded labels of codes. */
        List<ByteString> labels(List<Code> codes) throws E;

        /** A sealed condition that the data lies within this time. */
        ByteString dataPeriod(Period period) throws E;
    }

    /**
     * @throws IllegalArgumentException if a record is not named by its id: references must have been given a meaning
     */
    public static <E extends Exception> ConsentTerms of(ReadableTerms terms, Veil<E> veil) throws E {
        ConsentTerms.Builder built = ConsentTerms.newBuilder().setBasePermit(terms.basePermit());
        terms.period().map(LedgerTerms::period).ifPresent(built::setPeriod);
        for (ReadableRule rule : terms.rules()) {
            built.addRules(rule(rule, veil));
        }
        return built.build();
    }

    private static <E extends Exception> ConsentRule rule(ReadableRule rule, Veil<E> veil) throws E {
        ConsentRule.Builder built = ConsentRule.newBuilder()
                .setPermit(rule.permit())
                .addAllActors(rule.actors())
                .addAllPurposes(rule.purposes())
                .addAllActions(rule.actions())
                .addAllAuthors(rule.authors());
        for (LabelGroup group : rule.labels()) {
            Optional<List<Code>> codes = codes(group, rule.permit());
            if (codes.isPresent()) {
                built.addLabels(io.consilium.proto.LabelGroup.newBuilder().addAllLabels(veil.labels(codes.get())));
            }
        }
        for (String record : rule.records()) {
            built.addRecordIds(ByteString.copyFrom(HexFormat.of().parseHex(record)));
        }
        rule.period().map(LedgerTerms::period).ifPresent(built::setPeriod);
        if (rule.dataPeriod().isPresent()) {
            built.setSealedConditions(veil.dataPeriod(millis(rule.dataPeriod().get())));
        }
        for (ReadableRule exception : rule.rules()) {
            built.addExceptions(rule(exception, veil));
        }
        return built.build();
    }

    /** The codes of a group, of which one reaches; empty where the group reaches every record. */
    private static Optional<List<Code>> codes(LabelGroup group, boolean permit) {
        List<Code> codes = new ArrayList<>();
        for (Coding coding : group.codings()) {
            if (!coding.system().equals(Sensitivity.SYSTEM)) {
                codes.add(Code.newBuilder()
                        .setSystem(coding.system())
                        .setCode(coding.code())
                        .build());
                continue;
            }
            Sensitivity level = Sensitivity.of(coding.code())
                    .orElseThrow(() -> new IllegalArgumentException("a level is one of U, L, M, N, R, V"));
            Optional<Code> threshold = permit ? level.permitCode() : level.denyCode();
            if (threshold.isEmpty()) {
                return Optional.empty();
            }
            codes.add(threshold.get());
        }
        return Optional.of(codes);
    }

    /** Blocks have no time before 1970: a start there is none, and an end there is over at once. */
    private static Period period(TimeSpan span) {
        return Period.newBuilder()
                .setStartMillis(Math.max(0, span.startMillis().orElse(0L)))
                .setEndMillis(span.endMillis().map(end -> Math.max(1, end)).orElse(0L))
                .build();
    }

    /** Data may be older than 1970; only zero would leave the side open. */
    private static Period millis(TimeSpan span) {
        return Period.newBuilder()
                .setStartMillis(span.startMillis().map(LedgerTerms::notZero).orElse(0L))
                .setEndMillis(span.endMillis().map(LedgerTerms::notZero).orElse(0L))
                .build();
    }

    private static long notZero(long millis) {
        return millis == 0 ? 1 : millis;
    }
}
