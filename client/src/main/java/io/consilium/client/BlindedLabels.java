package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.Code;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordState;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The labels that a version of a record gets on chain.
 *
 * @param codesOfVersion the version whose labels these are and whose facts tell their codes; 0 where its own do
 * @param dropped labels of the version before that this one has no more
 */
public record BlindedLabels(List<ByteString> labels, Sensitivity sensitivity, long codesOfVersion, int dropped) {
    /** Of a new record. */
    public static BlindedLabels of(Collection<Code> codes, Sensitivity level, ScopeKey key) {
        return new BlindedLabels(key.labels(codes), level, 0, 0);
    }

    /**
     * Of an amendment. A deny of a category must not fail open because nobody gave the category again (PRV-4): content that
     * says nothing of what it is keeps the labels of the version before, and the level is lowered on demand alone.
     *
     * @param lowers whether the user named a level
     */
    public static BlindedLabels amended(
            RecordState record, Collection<Code> codes, Sensitivity said, boolean lowers, ScopeKey key)
            throws ClientException {
        RecordContent before = record.getVersions(record.getVersionsCount() - 1).getContent();
        Sensitivity earlier = level(before, key);
        Sensitivity level = lowers || said.compareTo(earlier) >= 0 ? said : earlier;
        if (codes.isEmpty() && before.getLabelsCount() > 0) {
            if (before.getLabelEpoch() != key.epoch()) {
                throw new ClientException(
                        FailureClass.REFUSED,
                        Refusal.LABEL_EPOCH_STALE.name(),
                        Refusal.LABEL_EPOCH_STALE.rule(),
                        "--label",
                        "The record's labels were made with an earlier scope key of the patient and cannot be kept",
                        "Give them again with --label, or first run: consilium patient rotate-scope-key P --continue");
            }
            return new BlindedLabels(List.copyOf(before.getLabelsList()), level, record.getVersionsCount(), 0);
        }
        Set<ByteString> dropped = new HashSet<>(before.getLabelsList());
        key.at(before.getLabelEpoch()).labels(codes).forEach(dropped::remove);
        return new BlindedLabels(key.labels(codes), level, 0, dropped.size());
    }

    /** What the version's level was; the highest where none of the patient's keys tells it. */
    private static Sensitivity level(RecordContent content, ScopeKey key) {
        for (Sensitivity level : Sensitivity.values()) {
            if (key.at(content.getLabelEpoch()).sensitivityLabels(level).equals(content.getSensitivityLabelsList())) {
                return level;
            }
        }
        return Sensitivity.V;
    }
}
