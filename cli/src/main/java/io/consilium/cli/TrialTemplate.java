package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.trial.TrialDocument;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.TrialArm;
import io.consilium.proto.TrialObjective;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.WithdrawalRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** A registration that is valid as it stands, with institutions of the chain at hand; a devnet's where none is. */
final class TrialTemplate {
    private static final List<String> DEVNET_SITES = List.of("riverside", "st-mary");
    private static final String DEVNET_SPONSOR = "helix";
    private static final String DEVNET_COMMITTEE = "ethics";
    private static final String SPONSOR = "SPONSOR";

    private final Session session;

    TrialTemplate(Session session) {
        this.session = session;
    }

    /** Without the hash of a protocol, which is that of the file it is saved in. */
    Map<String, Object> document() throws ClientException {
        Map<String, Object> document = new LinkedHashMap<>(TrialDocument.write(registration()));
        document.remove("protocolHash");
        return document;
    }

    TrialRegistration registration() throws ClientException {
        Optional<GenesisDocument> genesis =
                session.hasGenesis() ? Optional.of(session.genesis().document()) : Optional.empty();
        String sponsor = sponsor(genesis);
        return TrialRegistration.newBuilder()
                .setTitle("Randomised trial of a treatment against placebo in adults with chronic pain")
                .setPublicTitle("Does the treatment relieve chronic pain?")
                .setAcronym("RELIEF")
                .setSponsor(sponsor)
                .addFunders("The sponsor")
                .setPublicContact(sponsor)
                .setScientificContact(sponsor)
                .addCountries("USA")
                .addConditions("Chronic pain")
                .addInterventions("Treatment, 10 mg once a day")
                .addInterventions("Placebo, once a day")
                .addArms(arm("Treatment", "Experimental", "10 mg once a day"))
                .addArms(arm("Placebo", "Placebo comparator", "Once a day"))
                .addObjectives(TrialObjective.newBuilder()
                        .setText("To show that the treatment relieves pain better than placebo")
                        .setPrimary(true))
                .addInclusionCriteria("Adults of 18 years or more with pain for at least three months")
                .addExclusionCriteria("Treatment with opioids in the last four weeks")
                .setStudyType("Interventional")
                .setPhase("Phase III")
                .setSampleSize(120)
                .addAllSites(sites(genesis))
                .setEthicsCommittee(committee(genesis))
                .setAnonymityThreshold(TrialDocument.DEFAULT_THRESHOLD)
                .setPrivacyBudgetMicros(3_000_000)
                .setProtocolVersion("1.0")
                .setIcfVersion("1.0")
                .setWithdrawalRule(WithdrawalRule.KEEP_EARLIER_DATA)
                .setDataSharing("Releases of microdata to researchers on request, aggregates by query")
                .addDataUse("GRU")
                .addOutcomes(outcome("Pain intensity", "Mean change of the visual analogue scale", true))
                .addOutcomes(outcome("Sleep quality", "Mean Pittsburgh sleep quality index", false))
                .addOutcomes(outcome("Adverse events", "Share of participants with a serious adverse event", false))
                .build();
    }

    private static TrialOutcome outcome(String name, String measure, boolean primary) {
        return TrialOutcome.newBuilder()
                .setName(name)
                .setMeasure(measure)
                .setTimePoint("Week 12")
                .setPrimary(primary)
                .build();
    }

    private static TrialArm arm(String name, String type, String description) {
        return TrialArm.newBuilder()
                .setName(name)
                .setType(type)
                .setDescription(description)
                .build();
    }

    private String sponsor(Optional<GenesisDocument> genesis) throws ClientException {
        List<String> sponsors = withRole(genesis, SPONSOR);
        String own = session.hasGenesis() && session.context().as().isPresent() ? session.actor() : "";
        int slash = own.indexOf('/');
        if (slash > 0 && sponsors.contains(own.substring(0, slash))) {
            return own.substring(0, slash);
        }
        return first(sponsors, DEVNET_SPONSOR);
    }

    private static List<String> sites(Optional<GenesisDocument> genesis) {
        List<String> providers = withRole(genesis, "PROVIDER");
        if (providers.isEmpty() || providers.containsAll(DEVNET_SITES)) {
            return DEVNET_SITES;
        }
        return List.copyOf(new TreeSet<>(providers.subList(0, Math.min(2, providers.size()))));
    }

    private static String committee(Optional<GenesisDocument> genesis) {
        return first(withRole(genesis, "ETHICS_COMMITTEE"), DEVNET_COMMITTEE);
    }

    private static String first(List<String> names, String preferred) {
        return names.isEmpty() || names.contains(preferred) ? preferred : names.get(0);
    }

    private static List<String> withRole(Optional<GenesisDocument> genesis, String role) {
        return genesis.stream()
                .flatMap(document -> document.getInstitutionsList().stream())
                .filter(institution -> institution.getRolesList().contains(role))
                .map(InstitutionState::getId)
                .toList();
    }
}
