/** What a node does for the trade in medicines: answers trading partners, and grants its institution's blinding keys (DRU-7, DRU-9). */
@NullMarked
package io.consilium.node.provenance;

import org.jspecify.annotations.NullMarked;
