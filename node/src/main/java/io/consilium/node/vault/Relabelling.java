package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.consilium.crypto.Blinding;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.SealedBytes;
import io.consilium.ledger.consent.LabelSpace;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import io.consilium.proto.ConsentRelabel;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.RecordFacts;
import io.consilium.proto.RecordRelabel;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import io.consilium.proto.VersionLabels;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Makes the labels of another scope key out of those of earlier ones (PRV-7). A label cannot be turned back, so each is
 * looked up among the labels of all codes that are known: the levels of sensitivity, and what consents and records of the
 * patient keep sealed. One answer owns an instance.
 */
final class Relabelling {
    /** Distinct codes of one patient that are remembered. */
    private static final int MAX_CODES = 50_000;

    private final KeyRing ring;
    private final byte[] nextKey;
    private final int nextEpoch;
    private final SecureRandom random;
    private final Set<Code> known = new HashSet<>();

    /** What a label of one of the ring's keys becomes. */
    private final List<Map<ByteString, ByteString>> next = new ArrayList<>();

    /** @param ring its newest key may be the next one itself */
    Relabelling(KeyRing ring, byte[] nextKey, int nextEpoch, SecureRandom random) {
        this.ring = ring;
        this.nextKey = nextKey;
        this.nextEpoch = nextEpoch;
        this.random = random;
        ring.keys().forEach(key -> next.add(new HashMap<>()));
        for (Sensitivity level : Sensitivity.values()) {
            level.denyCode().ifPresent(this::learn);
            level.permitCode().ifPresent(this::learn);
        }
    }

    private void learn(Code code) {
        if (known.size() >= MAX_CODES || !known.add(code)) {
            return;
        }
        ByteString becomes = ByteString.copyFrom(Blinding.label(nextKey, nextEpoch, code.getSystem(), code.getCode()));
        for (int i = 0; i < ring.keys().size(); i++) {
            next.get(i).put(ring.label(i, code), becomes);
        }
    }

    /** Remembers what a record is about. */
    void learn(RecordFacts facts) {
        facts.getCodesList().forEach(this::learn);
    }

    /** Whether something of the consent was made with an earlier key. */
    boolean isStale(ConsentState consent) {
        return LabelSpace.isUsedBy(consent.getTerms()) && LabelSpace.epoch(consent.getTerms()) < nextEpoch;
    }

    boolean isStale(RecordState record) {
        return record.getVersionsList().stream()
                .anyMatch(version -> version.getContent().getLabelEpoch() < nextEpoch);
    }

    /** The consent under the next key; empty if what one of its labels means is not known. */
    Optional<ConsentRelabel> consent(ConsentState consent) {
        ConsentTerms terms = consent.getTerms();
        ConsentRelabel.Builder relabel =
                ConsentRelabel.newBuilder().setConsentId(consent.getId()).setPredecessor(consent.getVersion());
        try {
            if (!terms.getSealedCodes().isEmpty()) {
                byte[] codes = open(terms);
                codes(codes).forEach(this::learn);
                relabel.setSealedCodes(
                        ByteString.copyFrom(SealedBytes.seal(SealedBytes.Use.LABEL_CODES, nextKey, codes, random)));
            }
        } catch (CryptoException | InvalidProtocolBufferException unreadable) {
            return Optional.empty();
        }
        for (ConsentRule rule : terms.getRulesList()) {
            boolean all = rule(rule, LabelSpace.epoch(terms), relabel);
            for (ConsentRule exception : rule.getExceptionsList()) {
                all &= rule(exception, LabelSpace.epoch(terms), relabel);
            }
            if (!all) {
                return Optional.empty();
            }
        }
        return Optional.of(relabel.build());
    }

    private boolean rule(ConsentRule rule, int epoch, ConsentRelabel.Builder relabel) {
        for (LabelGroup group : rule.getLabelsList()) {
            Optional<List<ByteString>> labels = labels(epoch, group.getLabelsList());
            if (labels.isEmpty()) {
                return false;
            }
            relabel.addLabels(LabelGroup.newBuilder().addAllLabels(labels.get()));
        }
        if (rule.getSealedConditions().isEmpty()) {
            return true;
        }
        return ConditionJudge.conditions(ring, rule.getSealedConditions())
                .map(opened -> relabel.addSealedConditions(ByteString.copyFrom(
                        SealedBytes.seal(SealedBytes.Use.CONDITIONS, nextKey, opened.toByteArray(), random))))
                .isPresent();
    }

    /**
     * The record under the next key; empty if what one of its labels means is not known.
     *
     * @param facts of a version, where it has some that open
     */
    Optional<RecordRelabel> record(
            RecordState record, BiFunction<ByteString, RecordVersion, Optional<RecordFacts>> facts) {
        RecordRelabel.Builder relabel =
                RecordRelabel.newBuilder().setRecordId(record.getId()).setPredecessor(record.getVersion());
        for (RecordVersion version : record.getVersionsList()) {
            int epoch = version.getContent().getLabelEpoch();
            VersionLabels.Builder labels = VersionLabels.newBuilder();
            if (epoch == nextEpoch) {
                labels.addAllLabels(version.getContent().getLabelsList())
                        .addAllSensitivityLabels(version.getContent().getSensitivityLabelsList());
            } else {
                facts.apply(record.getId(), version).ifPresent(this::learn);
                Optional<List<ByteString>> codes =
                        labels(epoch, version.getContent().getLabelsList());
                Optional<List<ByteString>> levels =
                        labels(epoch, version.getContent().getSensitivityLabelsList());
                if (codes.isEmpty() || levels.isEmpty()) {
                    return Optional.empty();
                }
                labels.addAllLabels(sorted(codes.get())).addAllSensitivityLabels(sorted(levels.get()));
            }
            relabel.addVersions(labels);
        }
        return Optional.of(relabel.build());
    }

    private static List<ByteString> sorted(List<ByteString> labels) {
        return labels.stream()
                .sorted(ByteString.unsignedLexicographicalComparator())
                .toList();
    }

    private Optional<List<ByteString>> labels(int epoch, List<ByteString> labels) {
        int index = epoch - ring.epochOf(0);
        if (index < 0 || index >= next.size()) {
            return Optional.empty();
        }
        List<ByteString> changed = new ArrayList<>();
        for (ByteString label : labels) {
            ByteString becomes = next.get(index).get(label);
            if (becomes == null) {
                return Optional.empty();
            }
            changed.add(becomes);
        }
        return Optional.of(changed);
    }

    private byte[] open(ConsentTerms terms) throws CryptoException {
        int index = LabelSpace.epoch(terms) - ring.epochOf(0);
        if (index < 0 || index >= ring.keys().size()) {
            throw new CryptoException("there is no key of that epoch");
        }
        return SealedBytes.open(
                SealedBytes.Use.LABEL_CODES,
                ring.keys().get(index),
                terms.getSealedCodes().toByteArray());
    }

    /** Rows of element, system and code, as clients write them (CON-5). */
    private static List<Code> codes(byte[] text) throws InvalidProtocolBufferException {
        ListValue.Builder rows = ListValue.newBuilder();
        JsonFormat.parser().merge(new String(text, StandardCharsets.UTF_8).strip(), rows);
        List<Code> codes = new ArrayList<>();
        for (Value row : rows.getValuesList()) {
            List<Value> cells = row.getListValue().getValuesList();
            if (cells.size() != 3) {
                throw new InvalidProtocolBufferException("the codes of the consent's labels are malformed");
            }
            codes.add(Code.newBuilder()
                    .setSystem(cells.get(1).getStringValue())
                    .setCode(cells.get(2).getStringValue())
                    .build());
        }
        return codes;
    }
}
