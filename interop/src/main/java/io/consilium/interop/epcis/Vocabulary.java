package io.consilium.interop.epcis;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A vocabulary of the CBV 2.0, whose terms have four spellings: {@code shipping},
 * {@code https://ref.gs1.org/cbv/BizStep-shipping}, {@code cbv:BizStep-shipping} and
 * {@code urn:epcglobal:cbv:bizstep:shipping}.
 */
public enum Vocabulary {
    BUSINESS_STEP(
            "BizStep-",
            "bizstep:",
            "accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting"
                    + " decommissioning departing destroying disassembling dispensing encoding entering_exiting holding"
                    + " inspecting installing killing loading other packing picking receiving removing repackaging"
                    + " repairing replacing reserving retail_selling sampling sensor_reporting shipping"
                    + " staging_outbound stock_taking stocking storing transporting unloading unpacking void_shipping"),
    DISPOSITION(
            "Disp-",
            "disp:",
            "active available completeness_inferred completeness_verified conformant container_closed container_open"
                    + " damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive"
                    + " mismatch_class mismatch_instance mismatch_quantity needs_replacement no_pedigree_match"
                    + " non_conformant non_sellable_damaged non_sellable_disposed non_sellable_expired"
                    + " non_sellable_no_pedigree_match non_sellable_other non_sellable_recalled partially_dispensed"
                    + " recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen"
                    + " unavailable unknown"),
    BUSINESS_TRANSACTION(
            "BTT-", "btt:", "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"),
    SOURCE_OR_DESTINATION("SDT-", "sdt:", "location owning_party possessing_party"),
    ERROR_REASON("ER-", "er:", "did_not_occur incorrect_data"),
    COMPONENT(
            "Comp-",
            "comp:",
            "altitude axial_distance azimuth easting elevation_angle geocoordinate height latitude longitude"
                    + " northing polar_angle spherical_radius x y z");

    static final String WEB = "https://ref.gs1.org/cbv/";

    private final String webPart;
    private final List<String> starts;
    private final Set<String> terms;

    Vocabulary(String webPart, String urnPart, String terms) {
        this.webPart = webPart;
        this.starts = List.of("https://ref.gs1.org/cbv/" + webPart, "urn:epcglobal:cbv:" + urnPart, "cbv:" + webPart);
        this.terms = Set.copyOf(List.of(terms.split(" ", -1)));
    }

    /** The web address of a term that is written with its vocabulary; any other text is itself. */
    static String anyUri(String text) {
        if (text.startsWith(WEB) || text.startsWith("urn:epcglobal:cbv:") || text.startsWith("cbv:")) {
            for (Vocabulary vocabulary : values()) {
                Optional<String> term = vocabulary.term(text);
                if (term.isPresent()) {
                    return WEB + vocabulary.webPart + term.get();
                }
            }
        }
        return text;
    }

    /** Whether the vocabulary has the term. */
    public boolean has(String term) {
        return terms.contains(term);
    }

    /** The web address that means the term; other texts are themselves. */
    public String uri(String text) {
        Optional<String> term = term(text);
        if (term.isPresent()) {
            return WEB + webPart + term.get();
        }
        return has(text) ? WEB + webPart + text : text;
    }

    /** The bare term, as EPCIS in JSON writes it; a text of another vocabulary is itself. */
    public String bare(String text) {
        return term(text).filter(this::has).orElse(text);
    }

    /** Whether the text is written as one of this vocabulary's but names none of its terms. */
    boolean misses(String text) {
        return text.indexOf(':') < 0
                ? !has(text)
                : term(text).filter(term -> !has(term)).isPresent();
    }

    private Optional<String> term(String text) {
        for (String start : starts) {
            if (text.startsWith(start)) {
                return Optional.of(text.substring(start.length()));
            }
        }
        return Optional.empty();
    }
}
