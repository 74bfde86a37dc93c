package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.SealedBytes;
import io.consilium.ledger.provenance.DrugBlinding;
import java.security.SecureRandom;
import java.util.Optional;

/** A key that blinds a product's packs or a company's SSCCs, in the hands of somebody it was granted to (DRU-9). */
public final class BlindingKey {
    private final String owner;
    private final byte[] key;
    private final SecureRandom random = new SecureRandom();

    /** @param owner the institution whose key it is, or from whose root it follows */
    BlindingKey(String owner, byte[] key) {
        this.owner = owner;
        this.key = key.clone();
    }

    /** The institution whose key it is. */
    public String owner() {
        return owner;
    }

    /** Of a product's key: the product. */
    public ByteString productId() {
        return DrugBlinding.productId(owner, key);
    }

    /** Of a product's key: what its owner makes the product's id from. */
    public ByteString productSeed() {
        return DrugBlinding.productSeed(key);
    }

    /** Of a product's key: what its owner makes a lot's id from. */
    public ByteString lotSeed(String lot) {
        return DrugBlinding.lotSeed(key, lot);
    }

    /** Of a product's key: a pack. */
    public ByteString itemId(String serial) {
        return DrugBlinding.itemId(key, serial);
    }

    /** Of a product's key: a lot. */
    public ByteString lotId(String lot) {
        return DrugBlinding.lotId(owner, key, lot);
    }

    /** Of a logistics key: what its owner makes a container's id from. */
    public ByteString containerSeed(String sscc) {
        return DrugBlinding.containerSeed(key, sscc);
    }

    /** Of a logistics key: a container. */
    public ByteString containerId(String sscc) {
        return DrugBlinding.containerId(owner, key, sscc);
    }

    /** An event, by its CBV hash id. */
    public ByteString eventId(String hashId) {
        return DrugBlinding.eventId(key, hashId);
    }

    /** A text that everybody who has the key can read, and nobody else. */
    public ByteString seal(String text) throws ClientException {
        return ByteString.copyFrom(SealedText.seal(SealedText.Use.PROVENANCE, key, text, random));
    }

    /** The text, if it was sealed under this key. */
    public Optional<String> open(ByteString sealed) {
        if (sealed.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SealedText.open(SealedText.Use.PROVENANCE, key, sealed.toByteArray()));
        } catch (CryptoException underAnother) {
            return Optional.empty();
        }
    }

    /** Another key, for who has this one. */
    ByteString wrap(byte[] other) {
        return ByteString.copyFrom(SealedBytes.seal(SealedBytes.Use.EVENT_READER, key, other, random));
    }

    byte[] unwrap(ByteString wrapped) throws CryptoException {
        return SealedBytes.open(SealedBytes.Use.EVENT_READER, key, wrapped.toByteArray());
    }
}
