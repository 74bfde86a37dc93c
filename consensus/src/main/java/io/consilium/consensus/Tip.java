package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.VoteType;
import java.util.Optional;

/** The newest decided block; height 0 is the genesis, which has neither header nor certificate. */
public record Tip(long height, Hash blockHash, Optional<BlockHeader> header, Optional<QuorumCertificate> commitQc) {
    public Tip {
        if (height < 0) {
            throw new IllegalArgumentException("a tip has height 0 or more, not " + height);
        }
        if (header.isPresent() != (height > 0) || commitQc.isPresent() != (height > 0)) {
            throw new IllegalArgumentException("the tip of height " + height
                    + " must have a header and a commit certificate exactly if its height is not 0");
        }
        long tipHeight = height;
        Hash tipHash = blockHash;
        commitQc.ifPresent(qc -> {
            if (qc.type() != VoteType.COMMIT
                    || qc.height() != tipHeight
                    || !qc.blockHash().equals(tipHash)) {
                throw new IllegalArgumentException(
                        "the tip of height " + tipHeight + " has a foreign certificate: " + qc);
            }
        });
    }

    public static Tip genesis(Hash chainId) {
        return new Tip(0, chainId, Optional.empty(), Optional.empty());
    }

    /** Time of the tip's block; 0 at the genesis. */
    long timestampMillis() {
        return header.map(BlockHeader::timestampMillis).orElse(0L);
    }
}
