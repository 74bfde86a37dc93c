package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import java.io.Console;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command of {@code drug} that asks whether a pack is genuine, and holds such answers as evidence (DRU-7). */
class DrugChecks extends DrugDocuments {
    final DrugDesk desk;

    DrugChecks(Session session) {
        super(session);
        this.desk = new DrugDesk(session);
    }

    static String required(String option, Optional<String> value) throws MalformedInput {
        return value.orElseThrow(() -> new MalformedInput(option, option + " is missing", "Give " + option));
    }

    @Command(
            name = "verify",
            description = {
                "Ask whether a pack is genuine and may be handed out.",
                "Exit 0 if so, 9 if not. A serial, lot or date that is not the chain's is reported to its manufacturer."
            },
            footer = {
                "  consilium drug verify --gtin 00614141123452 --serial A1 --lot L1 --expiry 2029-12-31",
                "  consilium drug verify --scan '(01)00614141123452(21)A1(17)291231(10)L1'",
                "  consilium drug verify --evidence answer.json --gtin 00614141123452 --serial A1"
            })
    int verify(
            @Option(names = "--gtin", paramLabel = "G", description = "GTIN of the pack.") Optional<String> gtin,
            @Option(names = "--serial", paramLabel = "S", description = "Serial of the pack.") Optional<String> serial,
            @Option(names = "--lot", paramLabel = "L", description = "Lot on the pack, where the code says none.")
                    Optional<String> lot,
            @Option(names = "--expiry", paramLabel = "YYYY-MM-DD", description = "Expiry date on the pack, likewise.")
                    Optional<String> expiry,
            @Option(names = "--scan", paramLabel = "TEXT", description = "What the scanner read, FNC1 or brackets.")
                    Optional<String> scan,
            @Option(
                            names = "--evidence",
                            paramLabel = "FILE",
                            description = {
                                "Instead: check the signature of an answer of earlier, in JSON,",
                                "and that it is about the pack named beside it."
                            })
                    Optional<String> evidence)
            throws Exception {
        Optional<PrintedPack> named = scan.isPresent()
                ? Optional.of(scanned(scan.get(), gtin, serial, lot, expiry))
                : typed(gtin, serial, lot, expiry);
        if (evidence.isPresent()) {
            return SignedAnswer.read(session, evidence.get()).print(session, desk, named);
        }
        PrintedPack printed = named.orElseThrow(() ->
                new MalformedInput("--scan", "No pack is named", "Give --scan TEXT, or --gtin G with --serial S"));
        PackCheck check = new PackCheck(session, desk);
        PackCheck.Answer answer = check.check(printed);
        Map<String, Object> shown = new LinkedHashMap<>(answer.shown());
        boolean table = session.output().format() == GlobalOptions.Format.table;
        if (table) {
            shown.remove(PackCheck.RECEIPT);
            session.output().result(shown);
        }
        if (answer.signal().isPresent() && (scan.isPresent() || !table || isMeant())) {
            boolean reported = check.report(answer.signal().get());
            shown.put("reported", reported);
            if (table) {
                session.output()
                        .say(
                                reported
                                        ? "Its manufacturer is told."
                                        : "It could not be reported; ask again later, or tell its manufacturer.");
            }
        }
        if (!table) {
            session.output().result(shown);
        }
        return answer.verified() ? 0 : FailureClass.VERIFICATION_FAILED.exitCode();
    }

    /** What is typed fills what the code leaves out, and never stands beside other words of the code. */
    private static PrintedPack scanned(
            String scan, Optional<String> gtin, Optional<String> serial, Optional<String> lot, Optional<String> expiry)
            throws ClientException {
        if (gtin.isPresent() || serial.isPresent()) {
            throw new MalformedInput(
                    "--scan", "The code that was scanned names the pack", "Give either --scan, or --gtin and --serial");
        }
        return PrintedPack.scanned(scan).with(lot, end(expiry));
    }

    private static Optional<PrintedPack> typed(
            Optional<String> gtin, Optional<String> serial, Optional<String> lot, Optional<String> expiry)
            throws ClientException {
        boolean none = gtin.isEmpty() && serial.isEmpty() && lot.isEmpty() && expiry.isEmpty();
        return none
                ? Optional.empty()
                : Optional.of(
                        PrintedPack.typed(required("--gtin", gtin), required("--serial", serial), lot, end(expiry)));
    }

    private static Optional<Long> end(Optional<String> expiry) throws ClientException {
        return expiry.isPresent() ? Optional.of(Dates.endOfDay("--expiry", expiry.get())) : Optional.empty();
    }

    /** Whoever types is asked before a slip of the finger becomes a report of a counterfeit. */
    private boolean isMeant() {
        Console console = System.console();
        if (console == null) {
            return true;
        }
        String said = console.readLine("Does the pack say what you typed? Then its manufacturer is told. [y/N] ");
        return said != null && said.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }
}
