package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.Keys;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.Keystore;
import io.consilium.crypto.KeystoreException;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.X25519;
import io.consilium.proto.KeyValue;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/** The public keys of a keystore of a member or patient, as transactions name them. */
record FreshKeys(KeyValue signing, KeyValue encryption) {

    /** Writes a keystore with fresh keys. */
    static FreshKeys create(Path file, char[] password, Keystore.Cost cost) throws KeystoreException {
        SecureRandom random = new SecureRandom();
        KeyPair signing = KeyPair.generate(random);
        var encryption = X25519.generate(random);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(Keystore.Secrets.SIGNING, signing.seed());
        entries.put(Keystore.Secrets.ENCRYPTION, encryption.privateKey());
        Keystore.Secrets secrets = new Keystore.Secrets(entries);
        Keystore.write(file, password, cost, secrets);
        secrets.clear();
        return new FreshKeys(Keys.ed25519(signing.publicKey()), Keys.x25519(encryption.publicKey()));
    }

    /** Fresh keys that are kept nowhere, for a dry run. */
    static FreshKeys none() {
        SecureRandom random = new SecureRandom();
        return new FreshKeys(
                Keys.ed25519(KeyPair.generate(random).publicKey()),
                Keys.x25519(X25519.generate(random).publicKey()));
    }

    /** Reads them from a keystore's clear part. */
    static FreshKeys of(Path file) throws ClientException {
        try {
            Map<String, String> keys = Keystore.describe(file).publicKeys();
            String signing = keys.get(Keystore.Secrets.SIGNING);
            String encryption = keys.get(Keystore.Secrets.ENCRYPTION);
            if (signing == null || encryption == null) {
                throw new ClientException(
                        FailureClass.USAGE,
                        "KEY_UNFIT",
                        "The keystore " + file + " has no signing and encryption key",
                        "Make one with: consilium key new FILE");
            }
            return new FreshKeys(Keys.ed25519(PublicKey.parse(signing)), Keys.x25519(X25519.parse(encryption)));
        } catch (KeystoreException broken) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "KEYSTORE_UNREADABLE",
                            String.valueOf(broken.getMessage()),
                            "Name a keystore that consilium made")
                    .causedBy(broken);
        }
    }
}
