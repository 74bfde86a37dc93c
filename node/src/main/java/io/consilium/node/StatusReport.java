package io.consilium.node;

import io.consilium.consensus.ConsensusView;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.node.net.PeerAddress;
import io.consilium.node.net.PeerNetwork;
import io.consilium.node.replica.ReplicaView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Puts together what a node says of itself. */
final class StatusReport {
    private StatusReport() {}

    static NodeStatus of(String self, ReplicaView view, List<PeerAddress> peers, PeerNetwork network, boolean failed) {
        ConsensusView consensus = view.consensus();
        ValidatorSet set = consensus.validatorSet();
        Set<String> connected = network.connected();
        return new NodeStatus(
                view.tip().height(),
                view.tip().blockHash(),
                view.tip().stateRoot(),
                consensus.tip().header().map(BlockHeader::timestampMillis).orElse(0L),
                consensus.round(),
                set.get(consensus.leader()).institution(),
                eligible(consensus, set),
                set,
                consensus.self().isPresent(),
                consensus.observer(),
                view.syncTarget(),
                others(self, view, peers, network, connected),
                view.pendingTransactions(),
                view.pendingBytes(),
                notReady(self, view, connected, failed));
    }

    private static List<NodeStatus.Peer> others(
            String self, ReplicaView view, List<PeerAddress> peers, PeerNetwork network, Set<String> connected) {
        List<NodeStatus.Peer> others = new ArrayList<>();
        for (PeerAddress peer : peers) {
            if (!peer.institution().equals(self)) {
                others.add(new NodeStatus.Peer(
                        peer.institution(),
                        connected.contains(peer.institution()),
                        view.peerHeights().getOrDefault(peer.institution(), 0L),
                        peer.endpoint().map(PeerAddress.Endpoint::toString).orElse(""),
                        network.clockOffsetMillis(peer.institution())));
            }
        }
        return others;
    }

    private static List<String> eligible(ConsensusView consensus, ValidatorSet set) {
        List<String> eligible = new ArrayList<>();
        for (int i = 0; i < set.size(); i++) {
            if (!consensus.skipped().contains(i)) {
                eligible.add(set.get(i).institution());
            }
        }
        return eligible;
    }

    private static List<String> notReady(String self, ReplicaView view, Set<String> connected, boolean failed) {
        List<String> reasons = new ArrayList<>();
        ConsensusView consensus = view.consensus();
        if (failed || consensus.halted()) {
            reasons.add("the node has stopped deciding; see its log");
        }
        view.syncTarget()
                .ifPresent(target ->
                        reasons.add("catching up, at height " + view.tip().height() + " of " + target));
        ValidatorSet set = consensus.validatorSet();
        long reached = set.validators().stream()
                .map(Validator::institution)
                .filter(name -> connected.contains(name) || name.equals(self))
                .count();
        if (reached < set.quorum()) {
            reasons.add("reaches " + reached + " of the " + set.quorum() + " validators that a decision needs");
        }
        if (consensus.observer()) {
            reasons.add("observes without voting, because its vote record is missing or old");
        }
        return reasons;
    }
}
