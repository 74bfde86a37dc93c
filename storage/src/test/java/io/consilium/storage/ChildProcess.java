package io.consilium.storage;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of its own that works on a store until it is killed or fails. */
final class ChildProcess {
    static final int VOTE_BYTES = 64 * 1024;

    private ChildProcess() {}

    /** @param before words of a command that runs Java, such as a shell that sets limits */
    static Process start(List<String> before, String task, Path directory) throws Exception {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                ChildProcess.class.getName(),
                task,
                directory.toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]);
        PrintStream out = System.out;
        try {
            switch (arguments[0]) {
                case "open" -> TestChain.open(directory).close();
                case "vote" -> vote(directory, out);
                case "fill" -> fill(directory, out);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        } catch (StoreException refused) {
            out.println(refused.getClass().getSimpleName() + " " + refused.getMessage());
        }
    }

    /** Says each vote's number after it is durable, for ever. */
    private static void vote(Path directory, PrintStream out) throws StoreException {
        try (RocksChainStore store = TestChain.open(directory)) {
            for (int i = 0; i < Integer.MAX_VALUE; i++) {
                store.appendVotes(List.of(TestChain.vote(1_000_000 + i, 1, "vote " + i)));
                out.println("voted " + i);
                out.flush();
                if (i % 7 == 0) {
                    store.commit(TestChain.next(store, 20));
                }
            }
        }
    }

    /** Writes until the disk takes no more, then tries once again. */
    private static void fill(Path directory, PrintStream out) throws StoreException {
        StorageConfig large = new StorageConfig(1 << 20, 512 << 20, 512 << 20, 0, 64, 8, 1);
        RocksChainStore store = RocksChainStore.open(directory, TestChain.ID, large);
        for (int i = 0; i < Integer.MAX_VALUE; i++) {
            VoteEntry vote = TestChain.vote(1_000_000 + i, 1, "v".repeat(VOTE_BYTES));
            try {
                store.appendVotes(List.of(vote));
                out.println("voted " + i);
            } catch (StorageFailure failed) {
                out.println("failed " + failed.getMessage());
                try {
                    store.appendVotes(List.of(vote));
                    out.println("went on");
                } catch (StorageFailure again) {
                    out.println("again " + again.getMessage());
                }
                return; // as a node does: it stops where it is
            }
        }
    }
}
