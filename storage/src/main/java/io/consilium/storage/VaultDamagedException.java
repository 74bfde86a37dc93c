package io.consilium.storage;

import io.consilium.crypto.Hash;
import java.nio.file.Path;

/** A payload's file is no longer what its name says; no byte of it is served. */
public final class VaultDamagedException extends VaultException {
    private static final long serialVersionUID = 1L;

    VaultDamagedException(Hash hash, Path aside, String what) {
        super("payload " + hash.hex() + " " + what + "; it was put aside as " + aside
                + ", stage it again from a replica or from its owner");
    }
}
