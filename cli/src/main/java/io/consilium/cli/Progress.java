package io.consilium.cli;

/** How far long work is: a bar that redraws itself on a terminal, a line now and then elsewhere. */
final class Progress implements AutoCloseable {
    private static final long SHOWN_FROM_BYTES = 4L * 1024 * 1024;
    private static final int BAR_CHARACTERS = 30;
    private static final int STEP_PERCENT = 10;

    private final Output output;
    private final String work;
    private final long total;
    private final long shownFrom;
    private final boolean bar;
    private int lastPercent = -1;

    /** Progress in bytes, shown where there are many. */
    Progress(Output output, String work, long totalBytes) {
        this(output, work, totalBytes, SHOWN_FROM_BYTES);
    }

    /** @param shownFrom the least total that is worth showing */
    Progress(Output output, String work, long total, long shownFrom) {
        this.shownFrom = shownFrom;
        this.output = output;
        this.work = work;
        this.total = total;
        this.bar = System.console() != null;
    }

    /** @param done how much of the total */
    void at(long done) {
        int percent = (int) (100 * done / Math.max(1, total));
        if (total < shownFrom || output.isQuiet() || percent == lastPercent) {
            return;
        }
        if (bar) {
            int filled = BAR_CHARACTERS * percent / 100;
            output.err()
                    .printf(
                            "\r%s [%s%s] %3d %%",
                            work, "=".repeat(filled), " ".repeat(BAR_CHARACTERS - filled), percent);
            output.err().flush();
            lastPercent = percent;
        } else if (percent / STEP_PERCENT > lastPercent / STEP_PERCENT || lastPercent < 0) {
            output.say(work + ": " + percent + " %");
            lastPercent = percent;
        }
    }

    @Override
    public void close() {
        if (bar && lastPercent >= 0) {
            output.err().println();
        }
    }
}
