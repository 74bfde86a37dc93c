/** The protocol in the abstract, searched exhaustively. */
@NullMarked
package io.consilium.consensus.model;

import org.jspecify.annotations.NullMarked;
