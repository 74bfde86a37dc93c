package io.consilium.cli;

import io.consilium.client.ClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The blocks of options that commands about packs have in common. */
final class DrugOptions {
    private DrugOptions() {}

    /** When it happened. */
    static final class When {
        @Option(
                names = "--at",
                paramLabel = "TIME",
                description = "When it happened (default: now); never in the future.")
        Optional<String> at = Optional.empty();

        /** Milliseconds, 0 for the time of the block. */
        long millis() throws ClientException {
            return at.isPresent() ? Dates.start("--at", at.get()) : 0;
        }
    }

    /** Packs, and containers with all that is in them. */
    static final class Consignment {
        @Mixin
        ItemOptions items = new ItemOptions();

        @Option(
                names = "--parent",
                split = ",",
                paramLabel = "SSCC",
                description = "A container with all in it; repeat it or use commas.")
        List<String> parents = new ArrayList<>();

        /** At least one. */
        List<PrintedPack> named(Session session) throws ClientException {
            List<PrintedPack> named = new ArrayList<>();
            for (String parent : parents) {
                named.add(PrintedPack.of(Packing.parent(parent)));
            }
            named.addAll(named.isEmpty() ? items.printed(session) : items.optional(session));
            return named;
        }
    }

    /** Goods that go to another institution. */
    static final class Dispatch {
        @Mixin
        Consignment goods = new Consignment();

        @Option(names = "--to", required = true, paramLabel = "INSTITUTION", description = "Who receives them.")
        String to = "";

        @Mixin
        When when = new When();
    }

    /** A change of how packs stand. */
    static final class Change {
        @Mixin
        ItemOptions items = new ItemOptions();

        @Mixin
        When when = new When();
    }

    /** One that has to say why. */
    static final class ReasonedChange {
        @Mixin
        Change change = new Change();

        @Mixin
        Why why = new Why();
    }

    static final class Why {
        @Option(
                names = "--reason",
                required = true,
                paramLabel = "TEXT",
                converter = SaidText.class,
                description = "Why; sealed for the trading partners.")
        String reason = "";
    }
}
