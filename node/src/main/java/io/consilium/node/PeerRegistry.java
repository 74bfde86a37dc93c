package io.consilium.node;

import io.consilium.crypto.PublicKey;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.state.LedgerState;
import io.consilium.node.net.PeerAddress;
import io.consilium.proto.Activity;
import io.consilium.proto.InstitutionState;
import io.consilium.storage.ChainReader;
import io.consilium.storage.IndexPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes of the chain's active institutions, as certified state names them (ID-1). */
public final class PeerRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(PeerRegistry.class);
    private static final int MAX_INSTITUTIONS = 10_000;

    private PeerRegistry() {}

    /** How many nodes of other institutions this one may be connected to. */
    public static int peers(ChainReader chain, String institution) {
        return (int) read(chain, Map.of()).stream()
                .filter(peer -> !peer.institution().equals(institution))
                .count();
    }

    /** {@code addresses} replaces registered endpoints, by institution. */
    static List<PeerAddress> read(ChainReader chain, Map<String, String> addresses) {
        LedgerState state = new LedgerState(chain.latest());
        List<PeerAddress> peers = new ArrayList<>();
        Set<String> slugs = institutions(chain);
        state.validators().validators().forEach(validator -> slugs.add(validator.institution()));
        for (String slug : slugs) {
            state.institution(slug)
                    .flatMap(institution -> peer(institution, addresses))
                    .ifPresent(peers::add);
        }
        return peers;
    }

    private static Set<String> institutions(ChainReader chain) {
        Set<String> slugs = new TreeSet<>();
        Optional<byte[]> after = Optional.empty();
        do {
            IndexPage page = chain.scan(LedgerIndexes.INSTITUTIONS, new byte[0], after, ChainReader.MAX_PAGE, false);
            page.items().forEach(item -> slugs.add(LedgerIndexes.institutionAt(item.key())));
            after = page.nextAfterKey();
        } while (after.isPresent() && slugs.size() < MAX_INSTITUTIONS);
        return slugs;
    }

    private static Optional<PeerAddress> peer(InstitutionState institution, Map<String, String> addresses) {
        if (institution.getActivity() != Activity.ACTIVE || !institution.hasPeerTlsKey()) {
            return Optional.empty();
        }
        PublicKey key = PublicKey.ed25519(institution.getPeerTlsKey().getKey().toByteArray());
        String address = addresses.getOrDefault(institution.getId(), institution.getPeerEndpoint());
        Optional<PeerAddress.Endpoint> endpoint = Optional.empty();
        if (!address.isEmpty()) {
            try {
                endpoint = Optional.of(PeerAddress.Endpoint.parse(address));
            } catch (IllegalArgumentException unusable) {
                LOG.warn(
                        "peer address unusable peer={} cause={}; set peers.addresses in the configuration",
                        institution.getId(),
                        unusable.getMessage());
            }
        }
        return Optional.of(new PeerAddress(institution.getId(), key, endpoint));
    }
}
