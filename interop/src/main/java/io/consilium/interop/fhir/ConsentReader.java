package io.consilium.interop.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a FHIR R4 Consent into terms (CON-5), in the core style, whose base is the policy rule and whose root provision
 * is an exception to it, and in that of IHE's Privacy Consent on FHIR, whose root provision has a type.
 *
 * <p>A consent that is understood wrongly is worse than one that is not taken. So whatever is ambiguous, or restricts in a
 * way that the chain cannot enforce, is refused with its place. The first call loads HAPI's definitions.
 */
public final class ConsentReader {
    private static final String ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    private static final Set<String> OPT_IN = Set.of("OPTIN", "OPTINR");
    private static final Set<String> OPT_OUT = Set.of("OPTOUT", "OPTOUTE");
    private static final String SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope";
    private static final Set<String> SHARING = Set.of("patient-privacy", "research");

    /** Midnight comes this much earlier to the first place on earth than to UTC. */
    private static final long EARLIEST_ZONE_MILLIS = 14 * 3_600_000L;

    private ConsentReader() {}

    /**
     * The terms, or the places and reasons of a refusal.
     *
     * @param nowMillis a consent recorded later than this is refused
     */
    public static ConsentReading read(byte[] json, ReferenceMap map, long nowMillis) {
        Faults faults = new Faults();
        Optional<ConsentDocument> document =
                faults.read(Optional.empty(), () -> Optional.of(read(json, map, nowMillis, faults)));
        return faults.count() == 0 ? document.orElseThrow() : faults.refusal();
    }

    private static ConsentDocument read(byte[] json, ReferenceMap map, long nowMillis, Faults faults) throws Refused {
        JsonNode tree = FhirJson.tree(json);
        FhirDocument document = ResourceWalk.read(tree, faults);
        // what follows takes the document as sound
        faults.requireNone();
        if (!document.resourceType().equals("Consent")) {
            throw new Refused("resourceType", "this is no Consent");
        }
        Element consent = new Element(tree, "Consent");
        faults.in(() -> noModifiers(consent));
        if (consent.node().has("implicitRules")) {
            faults.add(consent.refuse("implicitRules", "the document must be read by rules that are not known here"));
        }
        faults.in(() -> status(consent));
        faults.in(() -> scope(consent));
        String patient = faults.read("", () -> patient(consent));
        faults.in(() -> dateTime(consent, nowMillis));
        if (!consent.node().has("policy") && !consent.node().has("policyRule")) {
            faults.add(
                    consent.refuse("policy", "a Consent names its policy, or a policy rule (FHIR's constraint ppc-1)"));
        }
        Optional<Boolean> base = faults.read(Optional.empty(), () -> policyRule(consent));
        Optional<Element> provision = consent.get("provision");
        Optional<Provision> root = provision.isEmpty()
                ? Optional.empty()
                : faults.read(
                        Optional.empty(),
                        () -> Optional.of(new ProvisionReader(new References(map), faults).read(provision.get())));
        faults.requireNone();
        return new ConsentDocument(
                consent.text("id"), patient, consent.text("dateTime"), TermsBuilder.terms(base, root));
    }

    private static String patient(Element consent) throws Refused {
        return consent.get("patient")
                .flatMap(reference -> reference
                        .text("reference")
                        .or(() -> reference.get("identifier").flatMap(identifier -> identifier.text("value"))))
                .orElseThrow(() -> consent.refuse("patient", "a consent to sharing names its patient"));
    }

    private static void status(Element consent) throws Refused {
        String status = consent.text("status").orElseThrow(() -> consent.refuse("status", "the status is missing"));
        if (!status.equals("active")) {
            throw consent.refuse(
                    "status",
                    switch (status) {
                        case "draft", "proposed" -> "the consent is not given yet; import it when it is active";
                        case "rejected" -> "the consent was rejected, so it permits and denies nothing";
                        case "inactive" -> "the consent is withdrawn or over; revoke it, if it stands on the ledger";
                        default -> "the consent was entered in error, so it permits and denies nothing";
                    });
        }
    }

    private static void scope(Element consent) throws Refused {
        Element scope = consent.get("scope").orElseThrow(() -> consent.refuse("scope", "the scope is missing"));
        boolean sharing = false;
        for (Element coding : scope.list("coding")) {
            boolean known = coding.text("system").map(SCOPES::equals).orElse(false);
            if (!known || coding.text("code").filter(SHARING::contains).isEmpty()) {
                throw scope.refuse(
                        "the ledger holds consents to the sharing of data (patient-privacy, research), not to"
                                + " treatments or advance directives");
            }
            sharing = true;
        }
        if (!sharing) {
            throw scope.refuse("without a code it is not known what the consent is about");
        }
    }

    private static void dateTime(Element consent, long nowMillis) throws Refused {
        Optional<String> text = consent.text("dateTime");
        if (text.isEmpty()) {
            return;
        }
        TimeSpan recorded = TimeSpan.of(text.get())
                .orElseThrow(() -> consent.refuse("dateTime", "this is no date that FHIR allows"));
        boolean day = text.get().indexOf('T') < 0;
        long earliest = recorded.startMillis().orElse(0L) - (day ? EARLIEST_ZONE_MILLIS : 0);
        if (earliest > nowMillis) {
            throw consent.refuse("dateTime", "the consent was recorded in the future");
        }
    }

    /** The base decision that the policy rule names; empty where there is none. */
    private static Optional<Boolean> policyRule(Element consent) throws Refused {
        Optional<Element> rule = consent.get("policyRule");
        if (rule.isEmpty()) {
            return Optional.empty();
        }
        Optional<Boolean> base = Optional.empty();
        for (Element coding : rule.get().list("coding")) {
            String code = coding.text("code").orElse("");
            boolean in = OPT_IN.contains(code);
            boolean known = coding.text("system")
                            .map(CodeSystems::canonical)
                            .filter(ACT_CODE::equals)
                            .isPresent()
                    && (in || OPT_OUT.contains(code));
            if (!known) {
                throw rule.get()
                        .refuse("the policy is none of OPTIN, OPTINR, OPTOUT, OPTOUTE of HL7 v3 ActCode, so it is"
                                + " not known what it permits where no provision speaks");
            }
            if (base.isPresent() && base.get() != in) {
                throw rule.get().refuse("the policy both opts in and opts out");
            }
            base = Optional.of(in);
        }
        if (base.isEmpty()) {
            throw rule.get().refuse("a policy without a code cannot be enforced");
        }
        return base;
    }

    /** A modifier extension may turn the meaning of what it stands in; that of a contained resource stays there. */
    private static void noModifiers(Element element) throws Refused {
        if (element.node().has("modifierExtension")) {
            throw element.refuse(
                    "modifierExtension", "an extension that changes the meaning of this element is not known here");
        }
        for (Map.Entry<String, JsonNode> member : element.node().properties()) {
            if (member.getKey().equals("contained")) {
                continue;
            }
            List<Element> items = member.getValue().isArray()
                    ? element.list(member.getKey())
                    : List.of(new Element(member.getValue(), ResourceWalk.join(element.path(), member.getKey())));
            for (Element item : items) {
                noModifiers(item);
            }
        }
    }
}
