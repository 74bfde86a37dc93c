package io.consilium.node;

import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Rejection;
import java.util.Optional;

/** A client's transaction with what the check of its signatures and time window said. */
record Checked(ParsedTransaction transaction, Optional<Rejection> rejection) {}
