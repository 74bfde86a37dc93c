package io.consilium.client.trial;

import io.consilium.client.DocumentFault;
import io.consilium.ledger.tx.TrialFormat;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialPublish;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Results as the plain JSON form: outcomes as the report describes them, each perhaps with its finding (TRI-6). */
public final class ResultsDocument {
    private ResultsDocument() {}

    public static TrialPublish read(byte[] json) throws DocumentFault {
        DocumentReader in = DocumentReader.of(TrialDocument.tree(json));
        TrialPublish.Builder out = TrialPublish.newBuilder().setSummary(in.optional("summary", TrialFormat.MAX_TEXT));
        List<DocumentReader> outcomes = in.objects("outcomes", TrialFormat.MAX_OUTCOMES);
        if (outcomes.isEmpty()) {
            throw in.at("outcomes", in.has("outcomes") ? "at least one outcome is needed" : "this field is missing");
        }
        TreeSet<String> names = new TreeSet<>();
        for (DocumentReader reader : outcomes) {
            TrialOutcome outcome = TrialDocument.outcome(reader);
            String finding = reader.optional("finding", TrialFormat.MAX_TEXT);
            reader.end();
            TrialDocument.distinct(reader, outcome, names);
            out.addResults(TrialResult.newBuilder().setOutcome(outcome).setFinding(finding));
        }
        in.end();
        return out.build();
    }

    /** A document that reports every registered outcome as it is registered. */
    public static Map<String, Object> template(TrialRegistration registration) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("summary", "");
        out.put(
                "outcomes",
                registration.getOutcomesList().stream()
                        .map(outcome -> {
                            Map<String, Object> shown = TrialDocument.write(outcome);
                            shown.put("finding", "");
                            return shown;
                        })
                        .toList());
        return out;
    }
}
