package io.consilium.node.replica;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;

/** A decided block as a peer sent it; nothing about it is checked but its encoding. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SyncedBlock(String sender, BlockHeader header, Hash hash, byte[] body, QuorumCertificate commitQc) {

    SyncedBlock with(QuorumCertificate verified) {
        return new SyncedBlock(sender, header, hash, body, verified);
    }

    /** The certificate is about this very block. */
    boolean certificateNamesIt() {
        return commitQc.height() == header.height() && commitQc.blockHash().equals(hash);
    }
}
