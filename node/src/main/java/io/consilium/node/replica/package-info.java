/** The replica: consensus, ledger, mempool and store joined, with no thread, clock or socket of its own. */
@NullMarked
package io.consilium.node.replica;

import org.jspecify.annotations.NullMarked;
