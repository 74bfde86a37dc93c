package io.consilium.crypto.certificate;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Verifier;

/**
 * A proof, complete in itself, that a validator signed two things that no honest validator signs (BFT-19). It stands
 * here because consensus finds it and the ledger judges it.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by encode()
public sealed interface Evidence {
    int MAX_ENCODED_BYTES = 512;

    /** What was signed twice, or forgotten. */
    enum Kind {
        PROPOSE(1),
        PREPARE(2),
        COMMIT(3),
        AMNESIA(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    Kind kind();

    /** The epoch whose validator set signs at this height. */
    long epoch();

    long height();

    /** The round of the two messages; of amnesia, the round of the commit that was forgotten. */
    int round();

    /** Index in the validator set of the epoch. */
    int signer();

    /** True when both signatures are valid and contradict each other. */
    boolean verify(Hash chainId, ValidatorSet set, Verifier verifier);

    byte[] encode();

    /** Names this very proof; another pair of signatures proves the same fault under another hash. */
    default Hash hash() {
        return Hash.tagged(DOMAIN, encode());
    }

    /** The validator that the proof is against; throws {@link IllegalArgumentException} if the set has none so. */
    default Validator culprit(ValidatorSet set) {
        if (signer() < 0 || signer() >= set.size()) {
            throw new IllegalArgumentException("there is no validator " + signer() + " in a set of " + set.size());
        }
        return set.get(signer());
    }

    /** Two PROPOSEs, PREPAREs or COMMITs of one height and round for different blocks. */
    record Equivocation(
            VoteType type,
            long epoch,
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
        public Kind kind() {
            return switch (type) {
                case PROPOSE -> Kind.PROPOSE;
                case PREPARE -> Kind.PREPARE;
                case COMMIT -> Kind.COMMIT;
                case TIMEOUT -> throw new IllegalStateException("the constructor refuses TIMEOUTs");
            };
        }

        @Override
        public boolean verify(Hash chainId, ValidatorSet set, Verifier verifier) {
            if (firstBlock.equals(secondBlock)
                    || epoch != set.epoch()
                    || height < 1
                    || round < 0
                    || signer < 0
                    || signer >= set.size()) {
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
                    .writeLong(epoch)
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
            long epoch,
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
        public Kind kind() {
            return Kind.AMNESIA;
        }

        @Override
        public int round() {
            return commitRound;
        }

        @Override
        public boolean verify(Hash chainId, ValidatorSet set, Verifier verifier) {
            if (height < 1
                    || epoch != set.epoch()
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
                    .writeLong(epoch)
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
    String DOMAIN = "consilium/evidence/v1";

    static Evidence decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_ENCODED_BYTES, "evidence", reader -> {
            int kind = reader.readByte();
            if (kind == EQUIVOCATION) {
                return new Equivocation(
                        VoteType.fromCode(reader.readByte()),
                        reader.readLong(),
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
