package io.consilium.bench.load;

import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Verifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What this machine could do at best: all its cores verifying each transaction once for each validator, and nothing
 * else. Committed throughput is stated as a share of it, since machines differ.
 */
public final class Roofline {
    private static final int KEYS = 256;
    private static final int MESSAGE_BYTES = 100; // domain, chain id, body hash: what a signature of TX-1 covers
    private static final int FSYNC_BYTES = 512; // about one vote
    private static final int FSYNCS = 200;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private Roofline() {}

    /**
     * @param transactionsPerSecond of the whole cluster, when its validators share this machine's cores
     * @param verifyMicros one verification on one core while all cores verify
     * @param signMicros one signature on one core
     * @param provider whose arithmetic answered
     * @param fsyncMicros median of an appended, synced write in the given directory
     */
    public record Result(
            long transactionsPerSecond,
            double verifyMicros,
            double signMicros,
            String provider,
            double fsyncMicros,
            int cores,
            int validators) {}

    public static Result measure(int validators, int seconds, Path directory) throws IOException {
        int cores = Runtime.getRuntime().availableProcessors();
        List<Signed> signed = signed();
        double signMicros = signMicros();
        Ed25519Verifier verifier = Ed25519Verifier.accelerated(KEYS);
        verifying(verifier, signed, cores, 1_000L); // compiles the hot path first
        double verifyMicros = verifying(verifier, signed, cores, seconds * 1_000L);
        long rate = Math.round(cores * 1_000_000.0 / verifyMicros / validators);
        return new Result(
                rate, verifyMicros, signMicros, verifier.provider(), fsyncMicros(directory), cores, validators);
    }

    private record Signed(PublicKey key, byte[] message, byte[] signature) {}

    private static List<Signed> signed() {
        List<Signed> signed = new ArrayList<>(KEYS);
        for (int i = 0; i < KEYS; i++) {
            KeyPair key = KeyPair.fromSeed(seed(i));
            byte[] message = new byte[MESSAGE_BYTES];
            ByteBuffer.wrap(message).putInt(i);
            signed.add(new Signed(key.publicKey(), message, key.signer().sign(message)));
        }
        return signed;
    }

    private static byte[] seed(int i) {
        byte[] seed = new byte[32];
        Arrays.fill(seed, (byte) 7);
        ByteBuffer.wrap(seed).putInt(i);
        return seed;
    }

    private static double signMicros() {
        KeyPair key = KeyPair.fromSeed(seed(0));
        byte[] message = new byte[MESSAGE_BYTES];
        for (int i = 0; i < 2_000; i++) {
            key.signer().sign(message);
        }
        int rounds = 5_000;
        long start = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            message[0] = (byte) i;
            key.signer().sign(message);
        }
        return (System.nanoTime() - start) / 1_000.0 / rounds;
    }

    private static double verifying(Verifier verifier, List<Signed> signed, int threads, long millis)
            throws IOException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Long>> work = new ArrayList<>();
            long start = System.nanoTime();
            for (int i = 0; i < threads; i++) {
                int offset = i * 31;
                work.add(() -> verifyUntil(verifier, signed, offset, start + millis * NANOS_PER_MILLI));
            }
            long verified = 0;
            for (Future<Long> part : pool.invokeAll(work)) {
                verified += part.get();
            }
            double elapsedMicros = (System.nanoTime() - start) / 1_000.0;
            return elapsedMicros * threads / verified;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the measurement was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a signature of our own did not verify", e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private static long verifyUntil(Verifier verifier, List<Signed> signed, int offset, long deadline) {
        long verified = 0;
        while (System.nanoTime() < deadline) {
            Signed next = signed.get((int) ((verified + offset) % signed.size()));
            if (!verifier.verify(next.key(), next.message(), next.signature())) {
                throw new IllegalStateException("a good signature was refused");
            }
            verified++;
        }
        return verified;
    }

    private static double fsyncMicros(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "roofline", ".log");
        file.toFile().deleteOnExit(); // of an interrupted measurement too
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long[] nanos = new long[FSYNCS];
            for (int i = 0; i < FSYNCS; i++) {
                ByteBuffer bytes = ByteBuffer.allocate(FSYNC_BYTES);
                long start = System.nanoTime();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(false);
                nanos[i] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            return nanos[FSYNCS / 2] / 1_000.0;
        } finally {
            delete(file);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file + "; remove it by hand", e);
        }
    }
}
