package io.consilium.storage;

import io.consilium.crypto.Hash;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The ciphertexts that this node keeps (REC-2), each under the SHA-256 of its bytes and nothing else.
 *
 * <p>Payloads of gigabytes arrive and leave in chunks; no call holds more than {@link #MAX_CHUNK_BYTES} of one in
 * memory. Safe for many threads.
 */
public interface Vault extends AutoCloseable {
    int MAX_CHUNK_BYTES = 1024 * 1024;
    int MAX_PAGE = 1_000;

    /** The owner of what this node fetches for itself, which has no bound but the vault's. */
    String OWN = "";

    /**
     * Stages the bytes at {@code offset} of a payload. The caller starts at 0, goes on at the offset that the answer
     * names, after a restart too, and is done when the answer is {@link StageOutcome.Held}.
     *
     * @param owner who brings it and answers for its room until it is {@link #settled}
     */
    StageOutcome stage(String owner, Hash ciphertextHash, long totalSize, long offset, byte[] data)
            throws VaultException;

    /**
     * Bytes from {@code offset} on, at most {@code maxLength}, all checked against the hash before they are returned;
     * empty where the payload is not held.
     *
     * @throws VaultDamagedException the file differs from its hash; it has been put aside and can be staged anew
     */
    Optional<VaultChunk> read(Hash ciphertextHash, long offset, int maxLength) throws VaultException;

    /** Size of a payload that is held whole. */
    OptionalLong size(Hash ciphertextHash) throws VaultException;

    /** Whether any copy is here: whole, staged or put aside as damaged. */
    boolean holdsAnyOf(Hash ciphertextHash) throws VaultException;

    /** Removes every copy, staged and damaged ones too (PRV-6), durably; false where there was none. */
    boolean delete(Hash ciphertextHash) throws VaultException;

    /** Payloads held whole, in order of their hashes, after the given one. */
    List<Hash> list(Optional<Hash> after, int limit) throws VaultException;

    /** When the payload became whole, milliseconds since 1970, where it is held. */
    OptionalLong heldSinceMillis(Hash ciphertextHash) throws VaultException;

    /** Payloads that rotted and were put aside, in order of their hashes; at most {@link #MAX_PAGE}. */
    List<Hash> damaged() throws VaultException;

    /** A slow check of everything that is held, from a place of its own; one thread uses it. */
    VaultScrub scrub();

    /** Whole uploads that still count against those who brought them since the start. */
    List<Hash> unsettled();

    /** Somebody keeps the payload: it counts against its owner no more. */
    void settled(Hash ciphertextHash);

    /** Removes staged payloads that got no byte since {@code nowMillis} less the configured age; returns how many. */
    int discardStale(long nowMillis) throws VaultException;

    /** Bytes held and promised to uploads. */
    long usedBytes();

    @Override
    void close();
}
