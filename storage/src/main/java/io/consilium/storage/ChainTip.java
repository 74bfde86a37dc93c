package io.consilium.storage;

import io.consilium.crypto.Hash;

/**
 * The last decided block of a store.
 *
 * @param height 0 before the first block
 * @param blockHash of block {@code height}; the chain id at height 0, as in the header of block 1
 * @param stateRoot of the state after that block
 */
public record ChainTip(long height, Hash blockHash, Hash stateRoot) {}
