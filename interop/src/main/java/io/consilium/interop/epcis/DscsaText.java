package io.consilium.interop.epcis;

import io.consilium.interop.epcis.TransactionInformation.Batch;
import io.consilium.interop.epcis.TransactionInformation.Party;
import io.consilium.interop.epcis.TransactionInformation.Product;
import io.consilium.interop.gs1.Ndc;
import java.util.List;
import java.util.stream.Stream;

/** Transaction information and transaction statement as a paper for people. */
public final class DscsaText {
    private static final int LABEL = 18;

    private final StringBuilder text = new StringBuilder();

    private DscsaText() {}

    public static String of(TransactionInformation transaction) {
        DscsaText paper = new DscsaText();
        paper.text.append("TRANSACTION INFORMATION\n");
        paper.party("Transferred from", transaction.seller());
        paper.party("Transferred to", transaction.buyer());
        paper.line("Transaction date", transaction.transactionDate().toString());
        transaction.shipmentDate().ifPresent(date -> paper.line("Shipment date", date.toString()));
        transaction.documents().forEach(document -> paper.line("Document " + document.type(), document.uri()));
        transaction.products().forEach(paper::product);
        paper.text
                .append("\nTRANSACTION STATEMENT\n  ")
                .append(DscsaExport.STATEMENT)
                .append('\n');
        return paper.text.toString();
    }

    private void product(Product product) {
        text.append('\n');
        line("Product", product.name());
        line("Strength", product.strength());
        line("Dosage form", product.dosageForm());
        line("NDC", product.ndc().map(Ndc::text).orElse(""));
        line("GTIN", product.gtin());
        line("Container size", product.containerSize());
        line("Manufacturer", product.manufacturer());
        line("Containers", Integer.toString(product.containers()));
        for (Batch batch : product.batches()) {
            line("Lot", batch.lot() + ", expires " + batch.expiry());
            batch.serials().forEach(serial -> line("", serial));
        }
    }

    private void party(String label, Party party) {
        line(label, party.name() + " (GLN " + party.gln() + ")");
        List<String> address = Stream.of(
                        party.street(), party.city(), party.state(), party.postalCode(), party.country())
                .filter(part -> !part.isEmpty())
                .toList();
        line("", String.join(", ", address));
    }

    private void line(String label, String value) {
        if (!value.isEmpty()) {
            text.append("  ")
                    .append(label)
                    .append(" ".repeat(Math.max(1, LABEL - label.length())))
                    .append(value)
                    .append('\n');
        }
    }
}
