package io.consilium.node.provenance;

import io.consilium.crypto.CryptoException;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.DrugCompanyState;
import io.consilium.proto.SealedFor;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The root of the blinding keys of a node's institution, as its members sealed it to the institution (DRU-9). */
final class CompanyRoot {
    private static final Logger LOG = LoggerFactory.getLogger(CompanyRoot.class);

    private final String institution;
    private final X25519KeyPair keys;

    CompanyRoot(String institution, X25519KeyPair keys) {
        this.institution = institution;
        this.keys = keys;
    }

    /** A copy, to be overwritten after use; nothing where the institution has none, or not for its node. */
    Optional<byte[]> open(LedgerState state) {
        Optional<SealedFor> sealed = state.read(DrugKeys.company(institution), DrugCompanyState.parser())
                .flatMap(company -> company.getSealedList().stream()
                        .filter(each -> each.getRecipient().equals(institution))
                        .findFirst());
        if (sealed.isEmpty()) {
            return Optional.empty();
        }
        byte[] privateKey = keys.privateKey();
        try {
            return Optional.of(KeyEnvelope.open(
                    KeyEnvelope.Use.COMPANY_ROOT,
                    DrugBlinding.companyObject(institution),
                    privateKey,
                    sealed.get().getEnvelope().toByteArray()));
        } catch (CryptoException unreadable) {
            LOG.error("the institution's root key does not open: it was sealed to another key");
            return Optional.empty();
        } finally {
            Arrays.fill(privateKey, (byte) 0);
        }
    }
}
