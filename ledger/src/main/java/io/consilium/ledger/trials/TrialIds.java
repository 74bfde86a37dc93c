package io.consilium.ledger.trials;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Blinding;
import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.TrialRegistration;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** What is derived from a trial's id, the same for all who derive it. */
public final class TrialIds {
    private static final String DOCUMENT_DOMAIN = "consilium/trial-document/v1";
    private static final String NULLIFIER_DOMAIN = "consilium/trial-nullifier/v1";
    private static final String EVIDENCE_DOMAIN = "consilium/trial-evidence/v1";
    private static final String NAME_DOMAIN = "consilium/trial-dataset-name/v1";
    private static final String SHAPE_DOMAIN = "consilium/trial-dataset-shape/v1";

    private TrialIds() {}

    /** Where the content of a registered version stands, counted from 1. */
    public static ByteString versionDocument(ByteString trialId, long number) {
        return document(trialId, "version", number);
    }

    /** Where the content of a publication stands, counted from 1. */
    public static ByteString resultsDocument(ByteString trialId, long number) {
        return document(trialId, "results", number);
    }

    private static ByteString document(ByteString trialId, String kind, long number) {
        byte[] name = (kind + "/" + number).getBytes(StandardCharsets.US_ASCII);
        byte[] hash = Hash.tagged(DOCUMENT_DOMAIN, trialId.toByteArray(), name).toBytes();
        return ByteString.copyFrom(hash, 0, ActorName.ID_BYTES);
    }

    /**
     * Equal for two enrolments of one patient in one trial; of two trials it tells nothing without the secret (TRI-4).
     * Validators see that it is new, not that it was derived so.
     */
    public static ByteString nullifier(byte[] patientSecret, ByteString trialId) {
        return bytes(Blinding.tag(patientSecret, NULLIFIER_DOMAIN, ActorName.hex(trialId)));
    }

    /** The hash of a signed form, bound to the pseudonym: one form given in two trials leaves two values (TRI-4). */
    public static ByteString evidence(ByteString trialId, ByteString pseudonym, Hash form) {
        return bytes(Hash.tagged(EVIDENCE_DOMAIN, trialId.toByteArray(), pseudonym.toByteArray(), form.toBytes()));
    }

    /** One for each dataset that an institution has in a trial, of one subject or of several; case does not matter (TRI-5). */
    public static ByteString datasetName(ByteString trialId, String institution, String name, ByteString pseudonym) {
        return bytes(Hash.tagged(
                NAME_DOMAIN,
                trialId.toByteArray(),
                lines(List.of(institution, Letters.upper(name))),
                pseudonym.toByteArray()));
    }

    /** Of the names of a dataset's columns, in whatever order and case (TRI-5). */
    public static ByteString shape(Collection<String> columns) {
        TreeSet<String> names = new TreeSet<>();
        columns.forEach(name -> names.add(Letters.upper(name)));
        return bytes(Hash.tagged(SHAPE_DOMAIN, lines(names)));
    }

    private static byte[] lines(Collection<String> words) {
        StringBuilder text = new StringBuilder();
        words.forEach(word -> text.append(word).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    public static ByteString contentHash(TrialRegistration registration) {
        return bytes(Hash.sha256(registration.toByteArray()));
    }

    private static ByteString bytes(Hash hash) {
        return ByteString.copyFrom(hash.toBytes());
    }
}
