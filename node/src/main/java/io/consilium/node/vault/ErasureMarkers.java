package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import io.consilium.storage.ChainReader;
import io.consilium.storage.IndexPage;
import io.consilium.storage.SecretsStore;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Carries out the erasures of the chain in this node's vault (PRV-6): ciphertexts held, staged, put aside or waiting to be
 * forwarded, and the data keys kept for repeated disclosures.
 *
 * <p>All of them at every start, before anybody can ask, since the vault may come from an old copy; then those of each
 * block. Erasing twice is harmless.
 */
public final class ErasureMarkers {
    private static final int PAGE = 256;

    private final String institution;
    private final Vault vault;
    private final SecretsStore secrets;
    private Optional<byte[]> applied = Optional.empty();
    private final Set<ByteString> failed = new HashSet<>();
    private long deleted;

    public ErasureMarkers(String institution, Vault vault, SecretsStore secrets) {
        this.institution = institution;
        this.vault = vault;
        this.secrets = secrets;
    }

    /**
     * Applies the markers that were not applied since the start. What fails holds up no other erasure; it is thrown at the
     * end, and tried again the next time.
     */
    public synchronized void apply(ChainReader chain) throws VaultException {
        LedgerState state = new LedgerState(chain.latest());
        PayloadClaims claims = new PayloadClaims(chain, state);
        Set<ByteString> again = Set.copyOf(failed);
        failed.clear();
        List<VaultException> failures = new ArrayList<>();
        for (ByteString record : again) {
            erase(state, record, claims, failures);
        }
        IndexPage page;
        do {
            page = chain.scan(LedgerIndexes.ERASURES, new byte[0], applied, PAGE, false);
            for (IndexPage.Item item : page.items()) {
                erase(state, LedgerIndexes.idAt(item.key()), claims, failures);
                applied = Optional.of(item.key());
            }
        } while (page.nextAfterKey().isPresent());
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private void erase(LedgerState state, ByteString record, PayloadClaims claims, List<VaultException> failures) {
        try {
            erase(state.record(record).orElseThrow(), claims);
        } catch (VaultException kept) {
            failed.add(record);
            failures.add(kept);
        }
    }

    private void erase(RecordState record, PayloadClaims claims) throws VaultException {
        for (RecordVersion version : record.getVersionsList()) {
            Hash ciphertext = ciphertext(version);
            if (claims.standing(institution, ciphertext) != PayloadClaims.Standing.KEPT && vault.delete(ciphertext)) {
                deleted++;
            }
        }
        KeptEnvelopes.deleteAll(secrets, record.getId());
    }

    /** Whether nothing of an erased record is left here. */
    boolean isGone(RecordState record) throws VaultException {
        for (RecordVersion version : record.getVersionsList()) {
            if (vault.holdsAnyOf(ciphertext(version))) {
                return false;
            }
        }
        return !KeptEnvelopes.any(secrets, record.getId());
    }

    /** Copies deleted since the start. */
    public synchronized long deleted() {
        return deleted;
    }

    private static Hash ciphertext(RecordVersion version) {
        return Hash.of(version.getContent().getCiphertextHash().toByteArray());
    }
}
