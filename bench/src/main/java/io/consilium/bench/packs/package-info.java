/** Measures provenance: packs commissioned and packed in great number, pallets handed on. */
@NullMarked
package io.consilium.bench.packs;

import org.jspecify.annotations.NullMarked;
