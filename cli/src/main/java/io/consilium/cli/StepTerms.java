package io.consilium.cli;

import java.util.Optional;

/**
 * What a step of a path is in the terms of the CBV. Whoever reads it takes from it what happened and nothing more: what was
 * missed was not received, and a recall is its maker's word, with which nobody has stopped the pack yet.
 */
record StepTerms(String action, String bizStep, String disposition) {
    /** Nothing for a step that is told in another form, with a container or a receiver. */
    static Optional<StepTerms> of(String step) {
        return switch (step) {
            case "commission" -> terms("ADD", "commissioning", "active");
            case "receive" -> terms("OBSERVE", "receiving", "in_progress");
            case "dispense" -> terms("OBSERVE", "dispensing", "dispensed");
            case "dispense-partially" -> terms("OBSERVE", "dispensing", "partially_dispensed");
            case "sample" -> terms("OBSERVE", "sampling", "in_progress");
            case "destroy" -> terms("DELETE", "destroying", "destroyed");
            case "decommission" -> terms("DELETE", "decommissioning", "inactive");
            case "export" -> terms("OBSERVE", "decommissioning", "inactive");
            case "quarantine", "mark-suspect", "mark-illegitimate" -> terms("OBSERVE", "holding", "non_sellable_other");
            case "recall" -> terms("OBSERVE", "inspecting", "recalled");
            case "release", "undo" -> terms("OBSERVE", "inspecting", "sellable_accessible");
            case "missing", "not-received" -> terms("OBSERVE", "inspecting", "unknown");
            default -> Optional.empty();
        };
    }

    private static Optional<StepTerms> terms(String action, String bizStep, String disposition) {
        return Optional.of(new StepTerms(action, bizStep, disposition));
    }
}
