/** Clinical trials: registered before any data, decided, enrolled, locked, and results held against it (TRI-1 to TRI-7). */
@NullMarked
package io.consilium.ledger.trials;

import org.jspecify.annotations.NullMarked;
