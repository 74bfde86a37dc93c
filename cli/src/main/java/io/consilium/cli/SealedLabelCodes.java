package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.LabelCode;
import io.consilium.client.ScopeKey;
import io.consilium.client.VerificationFailed;
import io.consilium.crypto.CryptoException;
import io.consilium.interop.fhir.Coding;
import io.consilium.interop.fhir.ReadableRule;
import io.consilium.interop.fhir.ReadableTerms;
import io.consilium.interop.fhir.TermsReading.KnownLabel;
import io.consilium.ledger.consent.LabelSpace;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import io.consilium.proto.ConsentTerms;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The codes behind a consent's blinded labels, kept with it for the holders of the scope key (CON-5). */
final class SealedLabelCodes {
    private SealedLabelCodes() {}

    /** Those of readable terms, each once, in the order in which they are named. */
    static List<LabelCode> of(ReadableTerms terms) {
        Set<LabelCode> codes = new LinkedHashSet<>();
        terms.rules().forEach(rule -> collect(rule, codes));
        return List.copyOf(codes);
    }

    private static void collect(ReadableRule rule, Set<LabelCode> codes) {
        for (ReadableRule.LabelGroup group : rule.labels()) {
            for (Coding coding : group.codings()) {
                codes.add(new LabelCode(
                        group.element().name(),
                        Code.newBuilder()
                                .setSystem(coding.system())
                                .setCode(coding.code())
                                .build()));
            }
        }
        rule.rules().forEach(exception -> collect(exception, codes));
    }

    /** Those of one selector of the command line: resource types are a class where nothing else is named beside them. */
    static List<LabelCode> of(List<String> labels) throws ClientException {
        List<Code> named = new ArrayList<>();
        for (String label : labels) {
            named.add(Labels.code("--label", label));
        }
        boolean types = named.stream().filter(code -> !isLevel(code)).allMatch(code -> code.getSystem()
                .equals(Coding.RESOURCE_TYPES));
        ReadableRule.Element element = types ? ReadableRule.Element.CLASS : ReadableRule.Element.CODE;
        return named.stream()
                .map(code ->
                        new LabelCode((isLevel(code) ? ReadableRule.Element.SECURITY_LABEL : element).name(), code))
                .toList();
    }

    /** Terms with the codes sealed into them and the scope key's epoch; the key is asked for only if it was used. */
    static ConsentTerms in(ConsentTerms terms, List<LabelCode> codes, ConsentSelectors.KeySource keys)
            throws ClientException {
        if (codes.isEmpty() && !LabelSpace.isUsedBy(terms)) {
            return terms;
        }
        ConsentTerms.Builder sealed = terms.toBuilder().setLabelEpoch(keys.get().epoch());
        return codes.isEmpty()
                ? sealed.build()
                : sealed.setSealedCodes(keys.get().sealCodes(codes)).build();
    }

    /** What the labels of the terms can be, by the codes kept with them. */
    static List<KnownLabel> open(ConsentTerms terms, ConsentSelectors.KeySource keys) throws ClientException {
        if (terms.getSealedCodes().isEmpty()) {
            return List.of();
        }
        ScopeKey key = keys.get().at(LabelSpace.epoch(terms));
        List<KnownLabel> known = new ArrayList<>();
        try {
            for (LabelCode each : key.openCodes(terms.getSealedCodes())) {
                ReadableRule.Element element = ReadableRule.Element.valueOf(each.element());
                Coding coding = new Coding(each.code().getSystem(), each.code().getCode());
                for (ByteString label : labels(each.code(), key)) {
                    known.add(new KnownLabel(element, coding, label));
                }
            }
        } catch (CryptoException | IllegalArgumentException broken) {
            throw new VerificationFailed(
                            "CODES_UNREADABLE",
                            "The codes behind the consent's labels do not open with the patient's scope key",
                            "Show the consent with consent show; its labels stay blinded")
                    .causedBy(broken);
        }
        return known;
    }

    /** Of a level the thresholds by which a permit and a deny reach it. */
    private static List<ByteString> labels(Code code, ScopeKey key) {
        Optional<Sensitivity> level = isLevel(code) ? Sensitivity.of(code.getCode()) : Optional.empty();
        if (level.isEmpty()) {
            return List.of(key.label(code));
        }
        List<ByteString> labels = new ArrayList<>();
        level.get().permitCode().ifPresent(threshold -> labels.add(key.label(threshold)));
        level.get().denyCode().ifPresent(threshold -> labels.add(key.label(threshold)));
        return labels;
    }

    private static boolean isLevel(Code code) {
        return code.getSystem().equals(Sensitivity.SYSTEM);
    }
}
