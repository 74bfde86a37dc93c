package io.consilium.cli;

import picocli.CommandLine.Option;

/** The reason that every change of a record, consent or mandate needs; it leaves this machine sealed (PRV-1). */
final class ReasonOption {
    @Option(
            names = "--reason",
            required = true,
            paramLabel = "TEXT",
            converter = SaidText.class,
            description = "Why; sealed for the patient and the custodians.")
    String text = "";
}
