package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.proto.Conditions;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What narrows one rule of a consent further: more groups of labels, each of which must be met, a time in which it counts,
 * and the sealed conditions on time and codes of the data, which the custodian's node judges (PRV-5).
 */
record RuleLimits(
        List<List<String>> labelGroups,
        Optional<String> from,
        Optional<String> until,
        Optional<String> dataFrom,
        Optional<String> dataUntil,
        List<String> dataCodes) {
    static final RuleLimits NONE = new RuleLimits(
            List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    boolean isNone() {
        return equals(NONE);
    }

    void into(ConsentRule.Builder rule, ConsentSelectors.KeySource keys) throws ClientException {
        for (List<String> group : labelGroups) {
            LabelGroup.Builder labels = LabelGroup.newBuilder();
            for (String label : group) {
                labels.addLabels(keys.get().label(Labels.code("--and-label", label)));
            }
            rule.addLabels(labels);
        }
        if (from.isPresent() || until.isPresent()) {
            rule.setPeriod(period("from", from, "until", until));
        }
        Optional<ByteString> conditions = conditions(keys);
        if (conditions.isPresent()) {
            rule.setSealedConditions(conditions.get());
        }
    }

    private Optional<ByteString> conditions(ConsentSelectors.KeySource keys) throws ClientException {
        boolean timed = dataFrom.isPresent() || dataUntil.isPresent();
        if (!timed && dataCodes.isEmpty()) {
            return Optional.empty();
        }
        Conditions.Builder conditions = Conditions.newBuilder();
        if (timed) {
            Period period = period("data-from", dataFrom, "data-until", dataUntil);
            if (period.getEndMillis() != 0 && period.getEndMillis() <= period.getStartMillis()) {
                throw new MalformedInput(
                        "--data-until", "The data's time ends before it starts", "Correct --data-from or --data-until");
            }
            conditions.setDataPeriod(period);
        }
        List<String> seen = new ArrayList<>();
        for (String code : dataCodes) {
            if (!seen.contains(code)) {
                seen.add(code);
                conditions.addCodes(Labels.code("--data-code", code));
            }
        }
        return Optional.of(keys.get().sealConditions(conditions.build()));
    }

    private static Period period(String startName, Optional<String> start, String endName, Optional<String> end)
            throws MalformedInput {
        Period.Builder period = Period.newBuilder();
        if (start.isPresent()) {
            period.setStartMillis(Dates.start("--" + startName, start.get()));
        }
        if (end.isPresent()) {
            period.setEndMillis(Dates.end("--" + endName, end.get()));
        }
        return period.build();
    }
}
