package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.OutcomeUnknown;
import io.consilium.crypto.Hash;
import java.util.Map;

/**
 * What is said when a command is stopped (Ctrl-C, SIGTERM) while its transaction waits to be decided: the transaction may
 * still be applied, so its id must reach the user.
 */
final class StopNotice implements AutoCloseable {
    private final Session session;
    private final Thread notice;
    private final boolean set;

    /** @param result what is known of the write, printed as after a time-out */
    StopNotice(Session session, Hash txId, byte[] signed, Map<String, Object> result) {
        this.session = session;
        this.notice = new Thread(() -> say(session, txId, signed, result), "stop-notice");
        this.set = register(notice);
    }

    private static boolean register(Thread notice) {
        try {
            Runtime.getRuntime().addShutdownHook(notice);
            return true;
        } catch (IllegalStateException stopping) {
            return false; // the process ends already: nothing is sent any more
        }
    }

    private static void say(Session session, Hash txId, byte[] signed, Map<String, Object> result) {
        ClientException report = new OutcomeUnknown(
                txId.hex(), "Stopped while transaction " + txId.shortHex() + " waited to be decided: it may still be");
        try {
            new Unsettled(session.context().home()).keep(txId, signed);
        } catch (ClientException notKept) {
            report = notKept;
        }
        session.output().result(result);
        boolean json = session.options().format == GlobalOptions.Format.json;
        ErrorReport.of(report).print(session.output(), report, json, false);
    }

    /** The outcome is known, or its being unknown is reported by the caller. */
    @Override
    public void close() {
        if (set) {
            try {
                Runtime.getRuntime().removeShutdownHook(notice);
            } catch (IllegalStateException stopping) {
                session.output().detail("Stopped while the receipt arrived");
            }
        }
    }
}
