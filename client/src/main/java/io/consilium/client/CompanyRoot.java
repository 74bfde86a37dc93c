package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.X25519;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCompanyKey;
import io.consilium.proto.DrugCompanyState;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberState;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransactionReceipt;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/** The root of the own company's keys: drawn once, sealed to all who had keys then, granted by the company's node to others. */
final class CompanyRoot {
    private static final int ROOT_BYTES = 32;

    private final VerifiedState state;
    private final Identity identity;
    private final String institution;
    private final BlindingKeys.Actions actions;
    private final KeptState kept;
    private final KeyRequests requests;
    private final SecureRandom random = new SecureRandom();

    CompanyRoot(
            VerifiedState state,
            Identity identity,
            String institution,
            BlindingKeys.Actions actions,
            KeptState kept,
            KeyRequests requests) {
        this.state = state;
        this.identity = identity;
        this.institution = institution;
        this.actions = actions;
        this.kept = kept;
        this.requests = requests;
    }

    /** As it was sealed to this member when it was drawn, or as it was granted later. */
    Optional<byte[]> find() throws ClientException {
        Optional<DrugCompanyState> company = company();
        if (company.isEmpty()) {
            return Optional.empty();
        }
        Optional<byte[]> root = sealedRoot(company.get(), identity.encryptionKey());
        if (root.isPresent()) {
            return root;
        }
        if (state.institution(institution).value().getApiEndpoint().isEmpty()) {
            throw new ClientException(
                    FailureClass.UNREACHABLE,
                    BlindingKeys.ROOT_NOT_GIVEN,
                    "DRU-9",
                    "",
                    "Your institution's root key was sealed before you had your keys, and it runs no node that would grant it",
                    "Let a colleague do this who had keys when the first product or container was made");
        }
        return requests.granted(DrugKeyKind.DRUG_KEY_COMPANY, institution, KeyRequests.NO_SUBJECT);
    }

    /** The same if it is at hand: nobody is asked. */
    Optional<byte[]> atHand() throws ClientException {
        byte[] secret = identity.encryptionKey();
        Optional<byte[]> sealed = company().flatMap(found -> sealedRoot(found, secret));
        return sealed.isPresent()
                ? sealed
                : requests.earlier(DrugKeyKind.DRUG_KEY_COMPANY, institution, KeyRequests.NO_SUBJECT);
    }

    /** Draws the company's root where there is none yet: whoever makes products or packs containers needs it. */
    void draw(InstitutionState own, List<MemberState> colleagues) throws ClientException {
        if (state.find(DrugKeys.company(own.getId()), DrugCompanyState.parser()).isPresent()) {
            return;
        }
        byte[] root = new byte[ROOT_BYTES];
        random.nextBytes(root);
        DrugCompanyKey.Builder key = DrugCompanyKey.newBuilder();
        if (!own.getApiEndpoint().isEmpty()) {
            key.addSealed(sealed(
                    own.getId(), own.getId(), own.getEncryptionKey().getKey().toByteArray(), root));
        }
        for (MemberState colleague : colleagues) {
            byte[] recipient = Keys.encryptionKey(colleague).toByteArray();
            if (X25519.isUsable(recipient)) {
                key.addSealed(sealed(own.getId(), colleague.getId(), recipient, root));
            }
        }
        TransactionReceipt receipt =
                actions.commit(DrugAction.newBuilder().setCompanyKey(key).build());
        // a colleague may have been quicker: then that root is the one
        if (!receipt.getCode().equals(Refusal.COMPANY_KEY_EXISTS.name())) {
            Submitter.requireApplied(receipt);
        }
    }

    private SealedFor sealed(String company, String recipient, byte[] recipientKey, byte[] root) {
        return SealedFor.newBuilder()
                .setRecipient(recipient)
                .setRecipientKey(ByteString.copyFrom(recipientKey))
                .setEnvelope(ByteString.copyFrom(KeyEnvelope.seal(
                        KeyEnvelope.Use.COMPANY_ROOT, DrugBlinding.companyObject(company), recipientKey, root, random)))
                .build();
    }

    private Optional<DrugCompanyState> company() throws ClientException {
        byte[] secret = identity.encryptionKey();
        return kept.find(DrugKeys.company(institution), DrugCompanyState.parser(), found -> sealedRoot(found, secret)
                .isPresent());
    }

    /** As it was sealed to this member; whose keys were rotated since asks for it anew. */
    private Optional<byte[]> sealedRoot(DrugCompanyState company, byte[] secret) {
        for (SealedFor sealed : company.getSealedList()) {
            if (sealed.getRecipient().equals(identity.actor())) {
                try {
                    return Optional.of(KeyEnvelope.open(
                            KeyEnvelope.Use.COMPANY_ROOT,
                            DrugBlinding.companyObject(institution),
                            secret,
                            sealed.getEnvelope().toByteArray()));
                } catch (CryptoException olderKey) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
