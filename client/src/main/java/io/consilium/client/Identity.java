package io.consilium.client;

import io.consilium.crypto.CryptoException;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.Keystore;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Signer;
import io.consilium.crypto.WrongPasswordException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** A member or patient with its keys: who signs requests and transactions, and who can open what is sealed. */
public final class Identity {
    private final String actor;
    private final Signer signer;
    private final Optional<byte[]> encryptionKey;

    /**
     * @param actor {@code institution/handle}, or a patient id of 32 hexadecimal digits
     * @param encryptionKey X25519 private key, where the identity is to open envelopes
     */
    public Identity(String actor, Signer signer, Optional<byte[]> encryptionKey) {
        this.actor = actor;
        this.signer = signer;
        this.encryptionKey = encryptionKey.map(byte[]::clone);
    }

    /** Opens a keystore; the password is cleared. */
    public static Identity open(String actor, Path keystore, char[] password) throws ClientException {
        if (!Files.isRegularFile(keystore)) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "KEY_FILE_MISSING",
                    "There is no keystore " + keystore,
                    "Check --key, CONSILIUM_KEY or the context; consilium key new makes one");
        }
        try {
            Keystore.Secrets secrets = Keystore.read(keystore, password);
            byte[] seed = secrets.entries().get(Keystore.Secrets.SIGNING);
            if (seed == null) {
                throw new ClientException(
                        FailureClass.USAGE,
                        "KEY_UNFIT",
                        "The keystore " + keystore + " holds no signing key of a member",
                        "Name the member's keystore, not a node's");
            }
            Optional<byte[]> encryption = Optional.ofNullable(secrets.entries().get(Keystore.Secrets.ENCRYPTION));
            Identity identity = new Identity(actor, KeyPair.fromSeed(seed).signer(), encryption);
            secrets.clear();
            return identity;
        } catch (WrongPasswordException wrong) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "WRONG_PASSWORD",
                            "The password does not open " + keystore,
                            "Check --password-file or CONSILIUM_PASSWORD_FILE")
                    .causedBy(wrong);
        } catch (CryptoException broken) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "KEYSTORE_UNREADABLE",
                            String.valueOf(broken.getMessage()),
                            "Restore the keystore from a backup")
                    .causedBy(broken);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    public String actor() {
        return actor;
    }

    public Signer signer() {
        return signer;
    }

    public PublicKey publicKey() {
        return signer.publicKey();
    }

    /** The X25519 private key, shared and not to be changed. */
    byte[] encryptionKey() throws ClientException {
        if (encryptionKey.isEmpty()) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "KEY_UNFIT",
                    "The keystore of " + actor + " holds no encryption key",
                    "Use the keystore that the member was added with");
        }
        return encryptionKey.get();
    }

    @Override
    public String toString() {
        return "Identity[" + actor + "]";
    }
}
