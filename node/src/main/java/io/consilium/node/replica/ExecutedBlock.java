package io.consilium.node.replica;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.ledger.tx.ParsedTransaction;
import java.util.List;

/** A child of the tip with everything that deciding it will write: an overlay until then (TX-7). */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ExecutedBlock(
        BlockHeader header,
        Hash hash,
        byte[] body,
        List<ParsedTransaction> transactions,
        BlockResult result,
        TreeUpdate tree) {}
