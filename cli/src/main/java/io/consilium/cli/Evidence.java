package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PrivateFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A signed form on this machine, of which only the hash goes on chain (CON-1). */
final class Evidence {
    private Evidence() {}

    /** Empty bytes where no form is named. */
    static ByteString hash(Optional<String> form) throws ClientException {
        if (form.isEmpty()) {
            return ByteString.EMPTY;
        }
        Path file = UserFiles.existing(form.get());
        try (InputStream in = Files.newInputStream(file)) {
            return ByteString.copyFrom(Hash.sha256(in).toBytes());
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "FILE_UNREADABLE",
                            file + " cannot be read: " + PrivateFile.reason(failed),
                            "Check --evidence")
                    .causedBy(failed);
        }
    }
}
