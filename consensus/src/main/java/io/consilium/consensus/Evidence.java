package io.consilium.consensus;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Verifier;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;

/** A proof, complete in itself, that a validator signed two things that no honest validator signs (BFT-19). */
@SuppressWarnings("ArrayRecordComponent") // compared by encode()
public sealed interface Evidence {
    int MAX_ENCODED_BYTES = 512;

    long height();

    /** Index in the validator set of the height. */
    int signer();

    /** True when both signatures are valid and contradict each other. */
    boolean verify(Hash chainId, ValidatorSet set, Verifier verifier);

    byte[] encode();

    /** Two PROPOSEs, PREPAREs or COMMITs of one height and round for different blocks. */
    record Equivocation(
            VoteType type,
            long height,
            int round,
            int signer,
            Hash firstBlock,
            byte[] firstSignature,
            Hash secondBlock,
            byte[] secondSignature)
            implements Evidence {
        public Equivocation {
            if (type == VoteType.TIMEOUT) {
                throw new IllegalArgumentException("two TIMEOUTs of one round contradict nothing");
            }
        }

        @Override
        public boolean verify(Hash chainId, ValidatorSet set, Verifier verifier) {
            if (firstBlock.equals(secondBlock) || height < 1 || round < 0 || signer < 0 || signer >= set.size()) {
                return false;
            }
            PublicKey key = set.get(signer).key();
            return verifier.verify(key, VoteBytes.of(chainId, set, type, height, round, firstBlock), firstSignature)
                    && verifier.verify(
                            key, VoteBytes.of(chainId, set, type, height, round, secondBlock), secondSignature);
        }

        @Override
        public byte[] encode() {
            return new CanonicalWriter()
                    .writeByte(EQUIVOCATION)
                    .writeByte(type.code())
                    .writeLong(height)
                    .writeInt(round)
                    .writeInt(signer)
                    .writeHash(firstBlock)
                    .writeFixed(firstSignature)
                    .writeHash(secondBlock)
                    .writeFixed(secondSignature)
                    .toBytes();
        }
    }

    /** A COMMIT, and a TIMEOUT of the same or a later round that reports a round below the commit's. */
    record Amnesia(
            long height,
            int signer,
            int commitRound,
            Hash block,
            byte[] commitSignature,
            int timeoutRound,
            int qcRound,
            byte[] timeoutSignature)
            implements Evidence {
        @Override
        public boolean verify(Hash chainId, ValidatorSet set, Verifier verifier) {
            if (height < 1
                    || commitRound < 0
                    || timeoutRound < commitRound
                    || qcRound >= commitRound
                    || qcRound < VoteBytes.NO_QC
                    || signer < 0
                    || signer >= set.size()) {
                return false;
            }
            PublicKey key = set.get(signer).key();
            return verifier.verify(
                            key,
                            VoteBytes.of(chainId, set, VoteType.COMMIT, height, commitRound, block),
                            commitSignature)
                    && verifier.verify(
                            key, VoteBytes.timeout(chainId, set, height, timeoutRound, qcRound), timeoutSignature);
        }

        @Override
        public byte[] encode() {
            return new CanonicalWriter()
                    .writeByte(AMNESIA)
                    .writeLong(height)
                    .writeInt(signer)
                    .writeInt(commitRound)
                    .writeHash(block)
                    .writeFixed(commitSignature)
                    .writeInt(timeoutRound)
                    .writeInt(qcRound)
                    .writeFixed(timeoutSignature)
                    .toBytes();
        }
    }

    int EQUIVOCATION = 1;
    int AMNESIA = 2;

    static Evidence decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_ENCODED_BYTES, "evidence", reader -> {
            int kind = reader.readByte();
            if (kind == EQUIVOCATION) {
                return new Equivocation(
                        VoteType.fromCode(reader.readByte()),
                        reader.readLong(),
                        reader.readInt(),
                        reader.readInt(),
                        reader.readHash(),
                        reader.readFixed(QuorumCertificate.SIGNATURE_BYTES),
                        reader.readHash(),
                        reader.readFixed(QuorumCertificate.SIGNATURE_BYTES));
            }
            if (kind == AMNESIA) {
                return new Amnesia(
                        reader.readLong(),
                        reader.readInt(),
                        reader.readInt(),
                        reader.readHash(),
                        reader.readFixed(QuorumCertificate.SIGNATURE_BYTES),
                        reader.readInt(),
                        reader.readInt(),
                        reader.readFixed(QuorumCertificate.SIGNATURE_BYTES));
            }
            throw reader.malformed("kind " + kind + " is unknown, 1 and 2 are known");
        });
    }
}
