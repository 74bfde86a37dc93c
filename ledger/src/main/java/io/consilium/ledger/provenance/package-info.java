/** Provenance of medicines: keys that blind, lots of packs, containers, custody, recalls and exceptions (DRU-1 to DRU-9). */
@NullMarked
package io.consilium.ledger.provenance;

import org.jspecify.annotations.NullMarked;
