package io.consilium.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The CPU time that processes of this machine have used, as Linux accounts for it. */
public final class ProcessCpu {
    /** Linux shows user programs a hundred ticks a second on every architecture that Java 17 runs on. */
    private static final long MICROS_PER_TICK = 10_000;

    // proc(5): fields after the command in brackets, counted from 0
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    private ProcessCpu() {}

    public static long micros(List<Long> pids) throws IOException {
        long total = 0;
        for (long pid : pids) {
            total += micros(Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1));
        }
        return total;
    }

    static long micros(String stat) throws IOException {
        int end = stat.lastIndexOf(')'); // a command may contain spaces and brackets
        String[] fields = end < 0 ? new String[0] : stat.substring(end + 2).split(" ", -1);
        if (fields.length <= SYSTEM_TIME) {
            throw new IOException("/proc/<pid>/stat has an unknown form; CPU time is read on Linux only");
        }
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * MICROS_PER_TICK;
    }
}
