package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Noop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A submission that arrived and whose connection was reset before the answer: nobody knows what became of it (TX-3). */
class BrokenSubmissionTest {
    private final AtomicInteger arrived = new AtomicInteger();
    private TestChain chain;
    private SSLContext tls;
    private ServerSocket server;
    private Thread accepting;
    private volatile boolean endsAfterTheFirst;

    @BeforeEach
    void listen() throws Exception {
        chain = TestChain.create();
        tls = FakeNode.tls(chain.apiTls);
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        accepting = new Thread(this::resetAll, "resetting-node");
        accepting.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        accepting.join();
    }

    private void resetAll() {
        while (!server.isClosed()) {
            try (Socket raw = server.accept()) {
                raw.setSoLinger(true, 0); // closing it now sends a RST
                SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, null, false);
                socket.setUseClientMode(false);
                readRequest(socket.getInputStream());
                arrived.incrementAndGet();
                if (endsAfterTheFirst) {
                    server.close();
                }
            } catch (IOException ended) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(ended);
                }
            }
        }
    }

    /** The head and as much of a body as it announces. */
    private static void readRequest(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the request ended early");
            }
            head.write(next);
        }
        int length = head.toString(StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
        if (in.readNBytes(length).length != length) {
            throw new IOException("the body ended early");
        }
    }

    private OutcomeUnknown submit(byte[] signed) throws Exception {
        URI uri = URI.create("https://127.0.0.1:" + server.getLocalPort());
        NodeClient client = new NodeClient(
                chain.genesis.chainId(),
                new NodeEndpoint(
                        "a-clinic", uri, Hash.sha256(chain.apiTls.getPublic().getEncoded())),
                chain.doctorIdentity(),
                FakeNode.TIMEOUT);
        Submitter submitter = new Submitter(client, new ReceiptVerifier(chain.genesis.trustRoot()), FakeNode.TIMEOUT);
        Hash txId = ParsedTransaction.parse(signed).txId();
        return catchThrowableOfType(OutcomeUnknown.class, () -> submitter.submit(signed, txId));
    }

    @Test
    void aResetLeavesTheOutcomeUnknown() throws Exception {
        assertUnknown();
    }

    @Test
    void soDoesOneOfANodeThatIsGoneAfterwards() throws Exception {
        endsAfterTheFirst = true;
        assertUnknown();
        assertThat(arrived).hasValue(1);
    }

    private void assertUnknown() throws Exception {
        byte[] signed = chain.signed(body -> body.setNoop(Noop.getDefaultInstance()));
        OutcomeUnknown unknown = submit(signed);
        assertThat(arrived).hasPositiveValue();
        assertThat(unknown).isNotNull();
        assertThat(unknown.kind().exitCode()).isEqualTo(7);
        assertThat(unknown.code()).isEqualTo("OUTCOME_UNKNOWN");
        String txId = ParsedTransaction.parse(signed).txId().hex();
        assertThat(unknown.transactionId()).isEqualTo(txId);
        assertThat(unknown.hint()).contains(txId);
    }
}
