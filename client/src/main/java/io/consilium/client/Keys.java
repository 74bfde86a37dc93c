package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.PublicKey;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberState;

/** Public keys as messages carry them. */
public final class Keys {
    private Keys() {}

    /** The X25519 key that a member opens envelopes with now. */
    static ByteString encryptionKey(MemberState member) {
        return member.getKeys(member.getKeysCount() - 1).getEncryptionKey().getKey();
    }

    public static KeyValue ed25519(PublicKey key) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.ED25519)
                .setKey(ByteString.copyFrom(key.bytes()))
                .build();
    }

    public static KeyValue x25519(byte[] publicKey) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(ByteString.copyFrom(publicKey))
                .build();
    }
}
