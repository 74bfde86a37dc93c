package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.interop.gs1.CompanyPrefixes;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.Identifiers;
import io.consilium.interop.gs1.MalformedIdentifier;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code drug} that read documents and identifiers and need no node (DRU-1, DRU-2). */
class DrugDocuments {
    final Session session;

    DrugDocuments(Session session) {
        this.session = session;
    }

    @Command(
            name = "capture",
            description = {
                "Take an EPCIS document, all of it or nothing.",
                "JSON 2.0 or XML 1.0 to 2.0. An event that was taken before is passed over; it is known by its CBV 2.0 event hash id.",
                "With --check nothing is submitted, and no node is needed; --out writes it as it was understood."
            },
            footer = {
                "  consilium --context helix/packer drug capture events.json",
                "  consilium drug capture events.xml --check --out events.json",
                "  curl -s https://partner.example/shipment.xml | consilium drug capture - --check -o json"
            })
    int capture(
            @Parameters(paramLabel = "FILE", description = "The document; - is the standard input.") String file,
            @Option(names = "--check", description = "Check only: submit nothing.") boolean check,
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            description = "Of --check: write the document as EPCIS 2.0 JSON, with nothing lost.")
                    Optional<Path> out)
            throws ClientException {
        if (out.isPresent() && !check) {
            throw new MalformedInput("--out", "A document that is captured is written by drug export", "Add --check");
        }
        return check
                ? new EpcisCheck(session).run(file, out)
                : new EpcisCapture(session, new DrugDesk(session)).run(file);
    }

    @Command(
            name = "identify",
            description = {
                "Show what an identifier or barcode names.",
                "It is written in every spelling. The URN needs the length of the company prefix, which no other spelling tells."
            },
            footer = {
                "  consilium drug identify 'https://id.gs1.org/01/10614141073464/21/2017' --prefix-digits 7",
                "  consilium drug identify ']d20110614141073464212017<GS>10LOT'"
            })
    int identify(
            @Parameters(
                            paramLabel = "TEXT",
                            description = "An EPC URN, a Digital Link, (01)…(21)…, or raw barcode content with <GS>.")
                    String text,
            @Option(
                            names = "--prefix-digits",
                            paramLabel = "N",
                            description = "Length of the company prefix, 6 to 12 (default: the usual one).")
                    Optional<Integer> prefixDigits)
            throws ClientException {
        try {
            Gs1Key key = Identifiers.read(text);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("kind", key.kind().name().toLowerCase(Locale.ROOT));
            key.gtin().ifPresent(gtin -> result.put("gtin", gtin));
            if (!key.serial().isEmpty()) {
                result.put("serial", key.serial());
            }
            result.put("digitalLink", key.digitalLink());
            result.put("elementString", key.elementString());
            result.put(
                    "urn",
                    prefixDigits.isPresent()
                            ? key.urn(prefixDigits.get())
                            : CompanyPrefixes.of(List.of()).urn(key));
            session.output().result(result);
            return 0;
        } catch (MalformedIdentifier malformed) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "GS1_INVALID",
                    "DRU-2",
                    "",
                    "The text is no GS1 identifier: " + malformed.reason(),
                    "Compare it with the pack, digit by digit");
        }
    }
}
