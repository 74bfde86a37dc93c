package io.consilium.node.vault;

import io.consilium.crypto.Hash;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.StateView;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Throws out payloads that nothing in the ledger has this institution keep: uploads that were never registered, copies
 * that were forwarded, what an object has let go of. They get the time that an upload may rest. Owned by the keeper's
 * thread, which calls it only while the node knows the newest blocks.
 */
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    private static final int A_TURN = 200;

    private final NodeGateway node;
    private final Vault vault;
    private final long ageMillis;
    private final LongAdder swept = new LongAdder();
    private Optional<Hash> last = Optional.empty();

    Sweep(NodeGateway node, Vault vault, long ageMillis) {
        this.node = node;
        this.vault = vault;
        this.ageMillis = ageMillis;
    }

    long swept() {
        return swept.sum();
    }

    /** Looks at the next payloads of the vault. */
    void turn() throws VaultException {
        List<Hash> page = vault.list(last, A_TURN);
        last = page.size() < A_TURN ? Optional.empty() : Optional.of(page.get(page.size() - 1));
        try (StateView view = StateView.open(node)) {
            PayloadClaims claims = new PayloadClaims(view.chain(), view.state());
            for (Hash hash : vault.damaged()) {
                if (claims.standing(node.institution(), hash) != PayloadClaims.Standing.KEPT && vault.delete(hash)) {
                    swept.increment();
                }
            }
            for (Hash hash : page) {
                PayloadClaims.Standing standing = claims.standing(node.institution(), hash);
                boolean over = standing == PayloadClaims.Standing.ERASED
                        || standing == PayloadClaims.Standing.UNCLAIMED && isOld(hash);
                if (over && vault.delete(hash)) {
                    swept.increment();
                    LOG.info("payload released hash={} standing={}", hash.shortHex(), standing);
                }
            }
        }
    }

    /** What an object of the state names counts no longer against who brought it. */
    void settle() {
        List<Hash> brought = vault.unsettled();
        if (brought.isEmpty()) {
            return;
        }
        try (StateView view = StateView.open(node)) {
            PayloadClaims claims = new PayloadClaims(view.chain(), view.state());
            for (Hash hash : brought) {
                if (claims.standing(node.institution(), hash) == PayloadClaims.Standing.KEPT) {
                    vault.settled(hash);
                }
            }
        }
    }

    private boolean isOld(Hash hash) throws VaultException {
        long since = vault.heldSinceMillis(hash).orElse(Long.MAX_VALUE);
        return since < node.nowMillis() - ageMillis;
    }
}
