package io.consilium.crypto.certificate;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** The validators of one epoch in their fixed order; immutable, with its hash and key index computed once. */
public final class ValidatorSet {
    public static final int MAX_VALIDATORS = 128;
    public static final int MAX_ENCODED_BYTES = 16 * 1024;

    private static final String DOMAIN = "consilium/validator-set/v1";

    private final long epoch;
    private final List<Validator> validators;
    private final Map<PublicKey, Integer> indexes = new TreeMap<>();
    private final Hash hash;

    /** Throws {@link IllegalArgumentException} unless there are 1 to 128 validators with distinct keys. */
    public ValidatorSet(long epoch, List<Validator> validators) {
        if (epoch < 0) {
            throw new IllegalArgumentException("an epoch is not negative, this one is " + epoch);
        }
        if (validators.isEmpty() || validators.size() > MAX_VALIDATORS) {
            throw new IllegalArgumentException(
                    "a validator set has 1 to " + MAX_VALIDATORS + " validators, not " + validators.size());
        }
        this.epoch = epoch;
        this.validators = List.copyOf(validators);
        for (int index = 0; index < validators.size(); index++) {
            Validator validator = validators.get(index);
            Integer earlier = indexes.putIfAbsent(validator.key(), index);
            if (earlier != null) {
                throw new IllegalArgumentException("validators " + earlier + " and " + index + " have the same key");
            }
        }
        this.hash = Hash.tagged(DOMAIN, encode());
    }

    public long epoch() {
        return epoch;
    }

    public List<Validator> validators() {
        return validators;
    }

    public Validator get(int index) {
        return validators.get(index);
    }

    public int size() {
        return validators.size();
    }

    /** f, the number of faulty validators that the set tolerates: ⌊(n − 1) / 3⌋. */
    public int faults() {
        return (size() - 1) / 3;
    }

    /** q, the number of votes that decide: ⌊(n + f) / 2⌋ + 1. */
    public int quorum() {
        return (size() + faults()) / 2 + 1;
    }

    public OptionalInt indexOf(PublicKey key) {
        Integer index = indexes.get(key);
        return index == null ? OptionalInt.empty() : OptionalInt.of(index);
    }

    public Hash hash() {
        return hash;
    }

    public byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter().writeLong(epoch).writeInt(size());
        validators.forEach(validator -> validator.write(writer));
        return writer.toBytes();
    }

    public static ValidatorSet decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_ENCODED_BYTES, "validator set", ValidatorSet::read);
    }

    private static ValidatorSet read(CanonicalReader reader) throws MalformedException {
        long epoch = reader.readLong();
        int count = reader.readCount(MAX_VALIDATORS);
        List<Validator> validators = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            validators.add(Validator.read(reader));
        }
        return new ValidatorSet(epoch, validators);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ValidatorSet set && hash.equals(set.hash);
    }

    @Override
    public int hashCode() {
        return hash.hashCode();
    }

    @Override
    public String toString() {
        return "ValidatorSet[epoch=" + epoch + ", validators=" + validators + "]";
    }
}
