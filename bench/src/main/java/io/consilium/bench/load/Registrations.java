package io.consilium.bench.load;

import com.google.protobuf.ByteString;
import io.consilium.bench.SampleTransactions;
import io.consilium.bench.SampleTransactions.Author;
import io.consilium.bench.SampleTransactions.Custodian;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.Signer;
import io.consilium.crypto.X25519;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberState;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** The load itself: members of one institution, each with a patient, and record registrations signed by them in turn. */
final class Registrations {
    private static final long VALID_MILLIS = 9 * 60_000L; // TX-2 allows ten minutes
    private static final int BATCH = 100;
    private static final int SIGNING_THREADS = 2;

    private final SecureRandom random = new SecureRandom();
    private final KnownSignatures known;
    private final SampleTransactions samples;
    private final Custodian custodian;
    private final List<Author> authors = new ArrayList<>();
    private final List<ByteString> patients = new ArrayList<>();

    Registrations(LoadSetup setup, KnownSignatures known) throws ClientException {
        this.known = known;
        this.samples = new SampleTransactions(setup.genesis().chainId(), this::random);
        this.custodian = custodian(setup);
    }

    private byte[] random(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Custodian custodian(LoadSetup setup) throws ClientException {
        String actor = setup.identity().actor();
        int slash = actor.indexOf('/');
        String slug = slash < 0 ? actor : actor.substring(0, slash);
        for (InstitutionState institution : setup.genesis().document().getInstitutionsList()) {
            if (institution.getId().equals(slug) && institution.getRolesList().contains("PROVIDER")) {
                return new Custodian(slug, institution.getEncryptionKey().getKey());
            }
        }
        throw new ClientException(
                FailureClass.USAGE,
                "INSTITUTION_UNFIT",
                slug + " is no founding institution with the role PROVIDER, so it keeps no records",
                "Use the context of a provider's administrator or clinician, e.g. st-mary/admin");
    }

    /** Adds members to sign with, if the identity may, and a patient for each. */
    void prepare(LoadSetup setup, Target target, int keys) throws ClientException {
        Signer own = known.remembering(setup.identity().signer());
        Author identity = new Author(setup.identity().actor(), own);
        if (isAdmin(setup)) {
            addMembers(identity, target, keys);
        } else {
            authors.add(identity);
        }
        List<byte[]> registrations = new ArrayList<>();
        for (Author author : authors) {
            ByteString patient = samples.id();
            patients.add(patient);
            registrations.add(samples.patient(author, custodian, patient, validUntil()));
        }
        submit(target, registrations, "A patient of the load cannot be registered");
    }

    private static boolean isAdmin(LoadSetup setup) {
        for (MemberState member : setup.genesis().document().getMembersList()) {
            if (member.getId().equals(setup.identity().actor())) {
                return member.getRolesList().contains("ADMIN");
            }
        }
        return false;
    }

    private void addMembers(Author admin, Target target, int keys) throws ClientException {
        String run = Long.toString(Math.abs(random.nextLong()), 36);
        List<byte[]> additions = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            KeyPair signing = KeyPair.generate(random);
            String member = String.format(
                    Locale.ROOT,
                    "%s/load-%s-%d",
                    custodian.institution(),
                    run.substring(0, Math.min(6, run.length())),
                    i);
            authors.add(new Author(member, known.remembering(signing.signer())));
            additions.add(samples.member(
                    admin,
                    member,
                    "CLINICIAN",
                    signing.publicKey(),
                    X25519.generate(random).publicKey(),
                    validUntil()));
        }
        submit(target, additions, "A member of the load cannot be added");
    }

    private static void submit(Target target, List<byte[]> signed, String failure) throws ClientException {
        for (int from = 0; from < signed.size(); from += BATCH) {
            List<byte[]> batch = signed.subList(from, Math.min(signed.size(), from + BATCH));
            for (Target.Outcome outcome : target.submit(0, batch)) {
                if (!outcome.verified()) {
                    throw new ClientException(
                            FailureClass.REFUSED,
                            "LOAD_NOT_PREPARED",
                            failure + ": " + outcome.failure(),
                            "Use the context of a provider's administrator or clinician on a healthy cluster");
                }
            }
        }
    }

    /** Signed record registrations, the members taking turns; valid for nine minutes from now. */
    List<byte[]> sign(int count) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(SIGNING_THREADS);
        try {
            long validUntil = validUntil();
            Function<Integer, byte[]> one = i -> samples.record(
                    authors.get(i % authors.size()),
                    custodian,
                    patients.get(i % authors.size()),
                    samples.id(),
                    validUntil);
            List<Future<List<byte[]>>> parts = new ArrayList<>();
            int share = (count + SIGNING_THREADS - 1) / SIGNING_THREADS;
            for (int from = 0; from < count; from += share) {
                int first = from;
                int end = Math.min(count, from + share);
                parts.add(pool.submit(() -> {
                    List<byte[]> part = new ArrayList<>(end - first);
                    for (int i = first; i < end; i++) {
                        part.add(one.apply(i));
                    }
                    return part;
                }));
            }
            List<byte[]> signed = new ArrayList<>(count);
            for (Future<List<byte[]>> part : parts) {
                signed.addAll(part.get());
            }
            return signed;
        } catch (ExecutionException failed) {
            throw new IllegalStateException("signing failed", failed.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    int keys() {
        return authors.size();
    }

    private static long validUntil() {
        return System.currentTimeMillis() + VALID_MILLIS;
    }
}
