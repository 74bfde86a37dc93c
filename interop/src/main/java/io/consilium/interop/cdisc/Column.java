package io.consilium.interop.cdisc;

/**
 * One variable of a dataset.
 *
 * @param keySequence place among the variables that tell rows apart, from 1; 0 where it is none of them
 */
public record Column(String name, String label, ColumnType type, int keySequence) {}
