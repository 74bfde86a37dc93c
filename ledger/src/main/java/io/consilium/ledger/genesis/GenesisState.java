package io.consilium.ledger.genesis;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.state.StateTree;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.ledger.tx.CanonicalMessages;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberState;
import io.consilium.proto.Regulators;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state at height 0, and the two facts that everything else is verified from: the chain id, which is the hash of
 * the document's canonical bytes, and the founding validator set.
 */
public record GenesisState(
        GenesisDocument document,
        Hash chainId,
        SortedMap<StateKey, byte[]> state,
        ValidatorSet validators,
        List<IndexEntry> index) {
    public static final int MAX_BYTES = 8 * 1024 * 1024;
    public static final long FIRST_EPOCH = 0;

    private static final String DOMAIN = "consilium/genesis/v1";

    public GenesisState {
        state = Collections.unmodifiableSortedMap(new TreeMap<>(state));
        index = List.copyOf(index);
    }

    /** Checks the document strictly and derives the founding state from it. */
    public static GenesisState of(GenesisDocument document) throws InvalidGenesisException {
        GenesisCheck.check(document);
        ValidatorSet validators = validators(document);
        SortedMap<StateKey, byte[]> state = new TreeMap<>();
        List<IndexEntry> index = new ArrayList<>();
        for (InstitutionState institution : document.getInstitutionsList()) {
            state.put(StateKeys.institution(institution.getId()), institution.toByteArray());
            index.add(LedgerIndexes.institution(institution.getId()));
        }
        for (MemberState member : document.getMembersList()) {
            state.put(StateKeys.member(member.getId()), member.toByteArray());
            index.add(LedgerIndexes.member(member.getId()));
        }
        Regulators regulators = regulators(document);
        if (regulators.getInstitutionsCount() > 0) {
            state.put(StateKeys.REGULATORS, regulators.toByteArray());
        }
        state.put(StateKeys.PARAMETERS, document.getParameters().toByteArray());
        state.put(StateKeys.VALIDATORS, validators.encode());
        return new GenesisState(document, chainId(document), state, validators, index);
    }

    /** Those who hear of medicines that may not be genuine (DRU-8). */
    private static Regulators regulators(GenesisDocument document) {
        return Regulators.newBuilder()
                .addAllInstitutions(document.getInstitutionsList().stream()
                        .filter(institution -> institution.getRolesList().contains(InstitutionRole.REGULATOR.name()))
                        .map(InstitutionState::getId)
                        .toList())
                .build();
    }

    /** Reads canonical bytes: unknown fields and other spellings are refused. */
    public static GenesisState read(byte[] bytes) throws InvalidGenesisException {
        try {
            return of(CanonicalMessages.parse(GenesisDocument.parser(), bytes, MAX_BYTES, "document"));
        } catch (MalformedException malformed) {
            throw new InvalidGenesisException("genesis: " + malformed.getMessage());
        }
    }

    /** The bytes that the chain id is the hash of. */
    public byte[] canonicalBytes() {
        return document.toByteArray();
    }

    static Hash chainId(GenesisDocument document) {
        return Hash.tagged(DOMAIN, document.toByteArray());
    }

    static ValidatorSet validators(GenesisDocument document) {
        Map<String, InstitutionState> institutions = new LinkedHashMap<>();
        document.getInstitutionsList().forEach(institution -> institutions.put(institution.getId(), institution));
        List<Validator> validators = new ArrayList<>();
        for (String slug : document.getValidatorsList()) {
            InstitutionState institution =
                    Optional.ofNullable(institutions.get(slug)).orElseThrow();
            validators.add(new Validator(
                    slug,
                    PublicKey.ed25519(institution.getValidatorKey().getKey().toByteArray())));
        }
        return new ValidatorSet(FIRST_EPOCH, validators);
    }

    public long timeMillis() {
        return document.getTimeMillis();
    }

    /** The tree of version 0: its root is the state root before block 1. */
    public TreeUpdate tree() {
        SortedMap<StateKey, Optional<byte[]>> changes = new TreeMap<>();
        state.forEach((key, value) -> changes.put(key, Optional.of(value)));
        return StateTree.update(node -> Optional.empty(), -1, StateTree.EMPTY_ROOT, 0, changes);
    }
}
