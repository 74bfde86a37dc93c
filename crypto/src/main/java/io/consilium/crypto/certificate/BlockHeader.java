package io.consilium.crypto.certificate;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import java.util.Optional;

/**
 * The header of a block. Its roots are those after executing the block, and its hash covers every field; the round is
 * none of them, so that a block proposed again in a later round keeps its hash.
 *
 * @param parentHash hash of the parent header; of block 1 the chain id, which is the genesis hash
 * @param parentQc a commit QC of the parent, absent at height 1 only
 * @param validatorSetHash the set that votes on this block
 * @param nextValidatorSetHash the set of the height after next (BFT-18)
 * @param timestampMillis milliseconds since 1970-01-01T00:00:00Z
 * @param proposer index in the validator set
 */
public record BlockHeader(
        int version,
        Hash chainId,
        long height,
        Hash parentHash,
        Optional<QuorumCertificate> parentQc,
        Hash transactionsRoot,
        Hash stateRoot,
        Hash receiptsRoot,
        Hash validatorSetHash,
        Hash nextValidatorSetHash,
        long timestampMillis,
        int proposer) {
    public static final int VERSION = 1;
    public static final int MAX_ENCODED_BYTES = 11 * 1024;

    private static final String DOMAIN = "consilium/block/v1";

    public BlockHeader {
        if (version != VERSION) {
            throw new IllegalArgumentException("block version " + version + " is unknown, " + VERSION + " is known");
        }
        if (height < 1) {
            throw new IllegalArgumentException("the first block has height 1, there is no height " + height);
        }
        if (timestampMillis < 0) {
            throw new IllegalArgumentException("block time " + timestampMillis + " is before 1970");
        }
        if (proposer < 0 || proposer >= ValidatorSet.MAX_VALIDATORS) {
            throw new IllegalArgumentException(
                    "a proposer is an index below " + ValidatorSet.MAX_VALIDATORS + ", not " + proposer);
        }
        requireParent(chainId, height, parentHash, parentQc);
    }

    private static void requireParent(
            Hash chainId, long height, Hash parentHash, Optional<QuorumCertificate> parentQc) {
        if (parentQc.isPresent() != (height > 1)) {
            throw new IllegalArgumentException(
                    "a block carries its parent's certificate from height 2 on, this one has height " + height);
        }
        if (height == 1 && !parentHash.equals(chainId)) {
            throw new IllegalArgumentException("the parent of block 1 is the genesis, whose hash is the chain id");
        }
        parentQc.ifPresent(qc -> {
            if (qc.type() != VoteType.COMMIT
                    || qc.height() != height - 1
                    || !qc.blockHash().equals(parentHash)) {
                throw new IllegalArgumentException(
                        "the certificate in block " + height + " is no COMMIT certificate of its parent: " + qc);
            }
        });
    }

    /** Computed anew at each call: keep it where it is asked for often. */
    public Hash hash() {
        return Hash.tagged(DOMAIN, encode());
    }

    public byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter();
        write(writer);
        return writer.toBytes();
    }

    public void write(CanonicalWriter writer) {
        writer.writeInt(version)
                .writeHash(chainId)
                .writeLong(height)
                .writeHash(parentHash)
                .writeFlag(parentQc.isPresent());
        parentQc.ifPresent(qc -> qc.write(writer));
        writer.writeHash(transactionsRoot)
                .writeHash(stateRoot)
                .writeHash(receiptsRoot)
                .writeHash(validatorSetHash)
                .writeHash(nextValidatorSetHash)
                .writeLong(timestampMillis)
                .writeInt(proposer);
    }

    public static BlockHeader decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_ENCODED_BYTES, "block header", BlockHeader::read);
    }

    public static BlockHeader read(CanonicalReader reader) throws MalformedException {
        int version = reader.readInt();
        Hash chainId = reader.readHash();
        long height = reader.readLong();
        Hash parentHash = reader.readHash();
        Optional<QuorumCertificate> parentQc =
                reader.readFlag() ? Optional.of(QuorumCertificate.read(reader)) : Optional.empty();
        return new BlockHeader(
                version,
                chainId,
                height,
                parentHash,
                parentQc,
                reader.readHash(),
                reader.readHash(),
                reader.readHash(),
                reader.readHash(),
                reader.readHash(),
                reader.readLong(),
                reader.readInt());
    }
}
