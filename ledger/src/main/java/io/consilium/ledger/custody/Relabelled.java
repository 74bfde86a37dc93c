package io.consilium.ledger.custody;

import com.google.protobuf.ByteString;
import io.consilium.proto.ConsentRelabel;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordRelabel;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import io.consilium.proto.VersionLabels;
import java.util.List;
import java.util.Optional;

/**
 * Puts new labels in the place of old ones and touches nothing else (PRV-7): as many groups, as many labels in each, as
 * many sealed conditions, and sealed codes where there were some. That they stand for the same codes nobody can check who
 * lacks the keys; so little else as possible is left to whoever has them.
 */
final class Relabelled {
    private final List<LabelGroup> labels;
    private final List<ByteString> conditions;
    private int group;
    private int condition;
    private boolean fits = true;

    private Relabelled(ConsentRelabel relabel) {
        this.labels = relabel.getLabelsList();
        this.conditions = relabel.getSealedConditionsList();
    }

    /** The terms under the new key; empty if the new labels do not fit them. */
    static Optional<ConsentTerms> terms(ConsentTerms terms, ConsentRelabel relabel, int epoch) {
        Relabelled step = new Relabelled(relabel);
        ConsentTerms.Builder changed = terms.toBuilder().clearRules().setLabelEpoch(epoch);
        for (ConsentRule rule : terms.getRulesList()) {
            ConsentRule.Builder outer = step.rule(rule).toBuilder().clearExceptions();
            rule.getExceptionsList().forEach(exception -> outer.addExceptions(step.rule(exception)));
            changed.addRules(outer);
        }
        boolean whole = step.fits
                && step.group == step.labels.size()
                && step.condition == step.conditions.size()
                && relabel.getSealedCodes().isEmpty() == terms.getSealedCodes().isEmpty();
        return whole
                ? Optional.of(changed.setSealedCodes(relabel.getSealedCodes()).build())
                : Optional.empty();
    }

    private ConsentRule rule(ConsentRule rule) {
        ConsentRule.Builder changed = rule.toBuilder().clearLabels();
        for (LabelGroup before : rule.getLabelsList()) {
            LabelGroup after = group < labels.size() ? labels.get(group) : LabelGroup.getDefaultInstance();
            fits &= after.getLabelsCount() == before.getLabelsCount();
            changed.addLabels(after);
            group++;
        }
        if (!rule.getSealedConditions().isEmpty()) {
            fits &= condition < conditions.size();
            changed.setSealedConditions(condition < conditions.size() ? conditions.get(condition) : ByteString.EMPTY);
            condition++;
        }
        return changed.build();
    }

    /** The record with all versions under the new key; empty if the labels do not fit, or change nothing. */
    static Optional<RecordState> record(RecordState record, RecordRelabel relabel, int epoch) {
        if (relabel.getVersionsCount() != record.getVersionsCount()) {
            return Optional.empty();
        }
        RecordState.Builder changed = record.toBuilder().clearVersions().setVersion(record.getVersion() + 1);
        boolean older = false;
        for (int i = 0; i < record.getVersionsCount(); i++) {
            RecordVersion version = record.getVersions(i);
            VersionLabels labels = relabel.getVersions(i);
            RecordContent before = version.getContent();
            boolean current = before.getLabelEpoch() == epoch;
            boolean same = before.getLabelsList().equals(labels.getLabelsList())
                    && before.getSensitivityLabelsList().equals(labels.getSensitivityLabelsList());
            if (current && !same || before.getLabelsCount() != labels.getLabelsCount()) {
                return Optional.empty();
            }
            older |= !current;
            changed.addVersions(version.toBuilder()
                    .setContent(before.toBuilder()
                            .clearLabels()
                            .addAllLabels(labels.getLabelsList())
                            .clearSensitivityLabels()
                            .addAllSensitivityLabels(labels.getSensitivityLabelsList())
                            .setLabelEpoch(epoch)));
        }
        return older ? Optional.of(changed.build()) : Optional.empty();
    }
}
