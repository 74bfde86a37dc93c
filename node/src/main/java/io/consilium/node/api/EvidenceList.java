package io.consilium.node.api;

import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.evidence.EvidenceRules;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.EvidenceState;
import io.consilium.storage.ChainReader;
import io.consilium.storage.HeldEvidence;
import io.consilium.storage.IndexPage;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Proven faults in the order of heights: those on chain, and those that this node holds and the chain does not have yet
 * (BFT-19). Every active caller sees all of them.
 */
final class EvidenceList {
    private EvidenceList() {}

    /** Up to {@code limit} faults after the key, by their keys. */
    static Map<byte[], EvidenceState> after(ChainReader chain, LedgerState state, Optional<byte[]> after, int limit) {
        TreeMap<byte[], EvidenceState> faults = new TreeMap<>(Arrays::compareUnsigned);
        IndexPage onChain = chain.scan(LedgerIndexes.EVIDENCE, new byte[0], after, limit, false);
        for (IndexPage.Item entry : onChain.items()) {
            LedgerIndexes.Fault fault = LedgerIndexes.faultAt(entry.key());
            state.evidence(StateKeys.evidence(fault.culprit(), fault.height(), fault.round(), fault.kind()))
                    .ifPresent(found -> faults.put(entry.key(), found));
        }
        for (HeldEvidence held : chain.evidence()) {
            byte[] key = held.key();
            if (after.isEmpty() || Arrays.compareUnsigned(key, after.get()) > 0) {
                state.validators(held.evidence().epoch())
                        .map(set -> EvidenceRules.describe(held.evidence().culprit(set), held.evidence()))
                        .ifPresent(described -> faults.putIfAbsent(key, described));
            }
        }
        while (faults.size() > limit) {
            faults.pollLastEntry();
        }
        return faults;
    }
}
