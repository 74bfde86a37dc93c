package io.consilium.storage;

/**
 * Where a transaction stands in the chain.
 *
 * @param index position in the block, from 0
 */
public record TxLocation(long height, int index) {}
