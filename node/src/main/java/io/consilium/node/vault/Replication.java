package io.consilium.node.vault;

import io.consilium.crypto.Hash;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.node.NodeGateway;
import io.consilium.node.NodeStatus;
import io.consilium.node.PayloadForward;
import io.consilium.node.api.StateView;
import io.consilium.storage.IndexPage;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets what this institution has to keep and has not: as a replica, or because its own copy rotted or was lost (REC-2).
 *
 * <p>A census walks through everything that the ledger has it keep, again and again, so that nothing that has to be known
 * is lost by a restart; new records are wanted at once. The copy comes from any other holder that answers, and is tried
 * again later where none does. Owned by the keeper's thread.
 */
final class Replication {
    private static final Logger LOG = LoggerFactory.getLogger(Replication.class);
    private static final int MAX_WANTED = 4_096;
    private static final int MAX_RUNNING = 2;
    private static final int CENSUS_A_TURN = 256;
    private static final long CENSUS_REST_MILLIS = 600_000;
    private static final long FIRST_RETRY_MILLIS = 5_000;
    private static final int MAX_DOUBLINGS = 7;

    private final NodeGateway node;
    private final Vault vault;
    private final Executor keeper;
    private final Runnable next;
    private final Map<Hash, Wanted> wanted = new LinkedHashMap<>();
    private final Set<Hash> running = new TreeSet<>();
    private final LongAdder fetched = new LongAdder();
    private Optional<byte[]> census = Optional.empty();
    private long censusAtMillis;
    private volatile int missing;

    private record Wanted(int attempts, long notBeforeMillis) {}

    /** @param next starts another turn on the keeper's thread: a fetch that ended leaves room for one more */
    Replication(NodeGateway node, Vault vault, Executor keeper, Runnable next) {
        this.node = node;
        this.vault = vault;
        this.keeper = keeper;
        this.next = next;
    }

    /** Whether nothing more can be wanted for now; the census comes back to what was left out. */
    boolean isFull() {
        return wanted.size() >= MAX_WANTED;
    }

    void want(Hash ciphertext) {
        if (!isFull()) {
            wanted.putIfAbsent(ciphertext, new Wanted(0, 0));
        }
        missing = wanted.size();
    }

    /** Payloads that are known to be missing here. */
    int missing() {
        return missing;
    }

    long fetched() {
        return fetched.sum();
    }

    void turn() throws VaultException {
        try (StateView view = StateView.open(node)) {
            takeCensus(view);
            PayloadClaims claims = new PayloadClaims(view.chain(), view.state());
            Set<String> connected = connected();
            for (Map.Entry<Hash, Wanted> entry : List.copyOf(wanted.entrySet())) {
                if (running.size() >= MAX_RUNNING) {
                    break;
                }
                if (node.nowMillis() >= entry.getValue().notBeforeMillis() && !running.contains(entry.getKey())) {
                    consider(entry.getKey(), entry.getValue(), claims, connected);
                }
            }
        }
        missing = wanted.size();
    }

    private void takeCensus(StateView view) throws VaultException {
        if (node.nowMillis() < censusAtMillis) {
            return;
        }
        byte[] own = LedgerIndexes.prefix(node.institution());
        IndexPage page = view.chain().scan(LedgerIndexes.INSTITUTION_PAYLOADS, own, census, CENSUS_A_TURN, false);
        for (IndexPage.Item item : page.items()) {
            Hash hash = Hash.of(LedgerIndexes.payloadAt(item.key()).toByteArray());
            if (vault.size(hash).isEmpty()) {
                want(hash);
            }
        }
        census = page.nextAfterKey();
        censusAtMillis = census.isPresent() ? 0 : node.nowMillis() + CENSUS_REST_MILLIS;
    }

    private void consider(Hash hash, Wanted want, PayloadClaims claims, Set<String> connected) throws VaultException {
        if (vault.size(hash).isPresent() || claims.standing(node.institution(), hash) != PayloadClaims.Standing.KEPT) {
            wanted.remove(hash);
            return;
        }
        List<String> sources = new ArrayList<>(claims.holders(hash));
        sources.removeIf(holder -> holder.equals(node.institution()) || !connected.contains(holder));
        if (sources.isEmpty()) {
            again(hash, want);
            return;
        }
        String source = sources.get(want.attempts() % sources.size());
        running.add(hash);
        node.fetchPayload(source, hash)
                .whenCompleteAsync((outcome, failure) -> ended(hash, source, outcome, failure), keeper);
    }

    private Set<String> connected() {
        return node.status().peers().stream()
                .filter(NodeStatus.Peer::connected)
                .map(NodeStatus.Peer::institution)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void ended(Hash hash, String source, PayloadForward outcome, Throwable failure) {
        running.remove(hash);
        if (outcome instanceof PayloadForward.Held) {
            wanted.remove(hash);
            fetched.increment();
            LOG.info("payload fetched hash={} from={}", hash.shortHex(), source);
        } else {
            LOG.info(
                    "payload not fetched yet hash={} from={} cause={}",
                    hash.shortHex(),
                    source,
                    failure == null ? outcome : failure.toString());
            Wanted want = wanted.get(hash);
            if (want != null) {
                again(hash, want);
            }
        }
        missing = wanted.size();
        next.run();
    }

    private void again(Hash hash, Wanted want) {
        long pause = FIRST_RETRY_MILLIS << Math.min(want.attempts(), MAX_DOUBLINGS);
        wanted.put(hash, new Wanted(want.attempts() + 1, node.nowMillis() + pause));
    }
}
