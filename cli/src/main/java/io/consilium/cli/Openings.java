package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.Opening;
import io.consilium.crypto.PrivateFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where openings are kept: under the home directory by record and version, or where the user says (PRV-2). */
final class Openings {
    private Openings() {}

    /** Deletes the openings of a record under the home directory, and what is left of downloads (PRV-6). */
    static int deleteAll(Session session, ByteString recordId) throws ClientException {
        Path directory = session.context().home().resolve("openings");
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        int deleted = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, Ids.text(recordId) + "-v*.json")) {
            for (Path file : files) {
                Files.delete(file);
                deleted++;
            }
        } catch (IOException | DirectoryIteratorException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "OPENING_NOT_DELETED",
                            "The record is erased, but an opening in " + directory + " could not be deleted: "
                                    + failed.getMessage(),
                            "Delete the files of that record there by hand")
                    .causedBy(failed);
        }
        return deleted;
    }

    /** Writes the opening and answers with its place. */
    static Path keep(Session session, Optional<Path> named, ByteString recordId, long version, Opening opening)
            throws ClientException {
        return keep(
                session,
                named,
                recordId,
                version,
                opening,
                "The record is registered; record get by its custodian makes the opening again");
    }

    /** @param otherwise what holds and helps when it cannot be written */
    static Path keep(
            Session session, Optional<Path> named, ByteString recordId, long version, Opening opening, String otherwise)
            throws ClientException {
        Path file = named.isPresent()
                ? named.get().toAbsolutePath()
                : session.context().home().resolve("openings").resolve(Ids.text(recordId) + "-v" + version + ".json");
        try {
            UserFiles.parentOf(file);
            opening.write(file);
            return file;
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "OPENING_UNWRITABLE",
                            "The opening cannot be written to " + file + ": " + PrivateFile.reason(failed),
                            otherwise)
                    .causedBy(failed);
        }
    }
}
