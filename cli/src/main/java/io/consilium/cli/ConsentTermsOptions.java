package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.LabelCode;
import io.consilium.client.MalformedInput;
import io.consilium.client.ScopeKey;
import io.consilium.proto.Code;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that describe a consent's terms, of {@code consent grant} and {@code consent amend} alike. */
final class ConsentTermsOptions {
    @Option(
            names = "--to",
            paramLabel = "WHOM,...",
            description = "Institution, member (institution/handle) or role in capitals, e.g. CLINICIAN.")
    @Nullable
    List<String> to;

    @Option(
            names = "--purpose",
            paramLabel = "CODE,...",
            description = "HL7 v3 purposes of use, e.g. TREAT,HRESCH. BTG and CLINTRL must be named.")
    @Nullable
    List<String> purpose;

    @Option(names = "--label", paramLabel = "SYSTEM|CODE", description = "Only records of this category; repeat it.")
    @Nullable
    List<String> label;

    @Option(
            names = "--and-label",
            paramLabel = "SYSTEM|CODE,...",
            description = "And of one of these categories too; repeat it for further ones that must hold.")
    @Nullable
    List<String> andLabel;

    @Option(
            names = "--author",
            paramLabel = "WHOM,...",
            description = "Only what this member or institution wrote; repeat it.")
    @Nullable
    List<String> author;

    @Option(
            names = "--data-from",
            paramLabel = "TIME",
            description = "Only data of this time or later, sealed; the custodian's node judges it at each access.")
    Optional<String> dataFrom = Optional.empty();

    @Option(names = "--data-until", paramLabel = "TIME", description = "Only data until then, a day inclusive; sealed.")
    Optional<String> dataUntil = Optional.empty();

    @Option(
            names = "--data-code",
            paramLabel = "SYSTEM|CODE,...",
            description = "Only data with one of these codes, sealed: not even a blinded label goes on chain.")
    @Nullable
    List<String> dataCode;

    @Option(names = "--record", paramLabel = "ID", description = "Only this record; repeat it.")
    @Nullable
    List<String> record;

    @Option(names = "--all", description = "Every record of the patient, present and future (the default).")
    boolean all;

    @Option(names = "--action", paramLabel = "CODE,...", description = "access, correct or disclose (default access).")
    @Nullable
    List<String> action;

    @Option(names = "--from", paramLabel = "TIME", description = "Start, YYYY-MM-DD in UTC or RFC 3339 (default: now).")
    Optional<String> from = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", description = "End, a day inclusive (default: until revoked).")
    Optional<String> until = Optional.empty();

    @Option(
            names = "--deny",
            paramLabel = "SELECTORS",
            description = "Deny outright, e.g. label=SYSTEM|CODE,to=riverside; repeat it.")
    @Nullable
    List<String> deny;

    @Option(
            names = "--except",
            paramLabel = "SELECTORS",
            description = "Leave out of the grant, e.g. label=SYSTEM|CODE or to=riverside/dr-brown; repeat it.")
    @Nullable
    List<String> except;

    @Option(
            names = "--evidence",
            paramLabel = "SIGNED-FORM",
            description = "The signed form, whose hash goes on chain; a CONSENT_OFFICER must give it.")
    Optional<String> evidence = Optional.empty();

    /** @param keys asked for the scope key only where labels must be blinded */
    ConsentTerms terms(ConsentSelectors.KeySource keys) throws ClientException {
        ConsentTerms.Builder terms = ConsentTerms.newBuilder();
        for (String selectors : orNone(deny)) {
            terms.addRules(ConsentSelectors.parse("--deny", selectors).rule(false, keys));
        }
        if (grants()) {
            if (all && (label != null || andLabel != null || record != null)) {
                throw new MalformedInput(
                        "--all", "--all and a choice of records contradict each other", "Give one of them");
            }
            List<String> actions = Words.of(action);
            ConsentRule.Builder permit = new ConsentSelectors(
                            Words.of(to),
                            Words.of(purpose),
                            actions.isEmpty() ? List.of(AccessCommands.ACCESS) : actions,
                            Words.of(label),
                            Words.of(record),
                            Words.of(author),
                            limits())
                    .rule(true, keys);
            for (String selectors : orNone(except)) {
                permit.addExceptions(
                        ConsentSelectors.parse("--except", selectors).rule(false, keys));
            }
            terms.addRules(permit);
        } else if (terms.getRulesCount() == 0) {
            throw new MalformedInput("--to", "The consent says nothing", "Give --to and --purpose, or --deny");
        }
        period().ifPresent(terms::setPeriod);
        return SealedLabelCodes.in(terms.build(), labelCodes(), keys);
    }

    /** The codes that the selectors name. */
    List<Code> codes() throws ClientException {
        return labelCodes().stream().map(LabelCode::code).toList();
    }

    /** The codes of all selectors, so that the consent can be exported (CON-5). */
    private List<LabelCode> labelCodes() throws ClientException {
        List<LabelCode> codes = new ArrayList<>(SealedLabelCodes.of(Words.of(label)));
        for (String group : orNone(andLabel)) {
            codes.addAll(SealedLabelCodes.of(Words.of(List.of(group))));
        }
        for (List<String> selectors : List.of(orNone(deny), orNone(except))) {
            for (String text : selectors) {
                codes.addAll(SealedLabelCodes.of(
                        ConsentSelectors.parse("--deny", text).labels()));
            }
        }
        return codes;
    }

    private RuleLimits limits() {
        return new RuleLimits(
                orNone(andLabel).stream().map(group -> Words.of(List.of(group))).toList(),
                Optional.empty(),
                Optional.empty(),
                dataFrom,
                dataUntil,
                Words.of(dataCode));
    }

    private boolean grants() throws MalformedInput {
        boolean whom = !Words.of(to).isEmpty();
        boolean why = !Words.of(purpose).isEmpty();
        if (whom != why) {
            throw new MalformedInput(
                    whom ? "--purpose" : "--to",
                    "A grant needs both --to and --purpose",
                    "Add " + (whom ? "--purpose, e.g. --purpose TREAT" : "--to, e.g. --to riverside"));
        }
        boolean what = label != null || record != null || author != null || !limits().isNone();
        if (!whom && (what || except != null || all)) {
            throw new MalformedInput("--to", "It is not said whom this is granted to", "Add --to and --purpose");
        }
        return whom;
    }

    private Optional<Period> period() throws ClientException {
        if (from.isEmpty() && until.isEmpty()) {
            return Optional.empty();
        }
        Period.Builder period = Period.newBuilder();
        if (from.isPresent()) {
            period.setStartMillis(Dates.start("--from", from.get()));
        }
        if (until.isPresent()) {
            period.setEndMillis(Dates.end("--until", until.get()));
        }
        return Optional.of(BeforeSubmit.period(period.build(), System.currentTimeMillis()));
    }

    /** The hash of the signed form, empty without one. */
    ByteString evidenceHash() throws ClientException {
        return Evidence.hash(evidence);
    }

    private static List<String> orNone(@Nullable List<String> option) {
        return option == null ? List.of() : option;
    }

    /** Remembers the key, since every label asks for it. */
    static ConsentSelectors.KeySource once(ConsentSelectors.KeySource source) {
        return new ConsentSelectors.KeySource() {
            private Optional<ScopeKey> key = Optional.empty();

            @Override
            public ScopeKey get() throws ClientException {
                if (key.isEmpty()) {
                    key = Optional.of(source.get());
                }
                return key.get();
            }
        };
    }
}
