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
            if (Files.size(file) == 0) {
                throw new ClientException(
                        FailureClass.REFUSED,
                        "EVIDENCE_EMPTY",
                        "CON-1",
                        "--evidence",
                        file + " is empty: it is no signed form",
                        "Name the file of the signed form");
            }
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
