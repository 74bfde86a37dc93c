package io.consilium.ledger.genesis;

import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.proto.GenesisDocument;
import java.util.NoSuchElementException;

/**
 * The facts of a genesis that a verifier starts from, read without the checks that a chain is founded with.
 *
 * <p>Whoever gives a genesis as what to trust has had it checked: its hash is the chain id that all founders compared. So
 * a client need not validate every key in it again, which costs a quarter of a second in a fresh process.
 */
public record GenesisFacts(GenesisDocument document, Hash chainId, ValidatorSet validators) {
    /** Reads a document whose bytes are those that the chain id is the hash of. */
    public static GenesisFacts read(byte[] bytes) throws InvalidGenesisException {
        if (bytes.length > GenesisState.MAX_BYTES) {
            throw new InvalidGenesisException("genesis: at most " + GenesisState.MAX_BYTES + " bytes are read");
        }
        try {
            GenesisDocument document = GenesisDocument.parseFrom(bytes);
            return new GenesisFacts(document, GenesisState.chainId(document), GenesisState.validators(document));
        } catch (InvalidProtocolBufferException malformed) {
            throw new InvalidGenesisException("genesis: the document is malformed: " + malformed.getMessage());
        } catch (NoSuchElementException | IllegalArgumentException noSet) {
            throw new InvalidGenesisException("genesis: its validators are not institutions of it with a key each");
        }
    }
}
