package io.consilium.client;

import static io.consilium.client.FakeNode.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.JwtEdDsa;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Noop;
import io.consilium.proto.Problem;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.SubmitResponse;
import io.consilium.proto.SubmitResult;
import io.consilium.proto.TransactionResponse;
import io.consilium.proto.TrialQueryRequest;
import io.consilium.proto.TrialReleaseRequest;
import io.consilium.proto.ValidatorsResponse;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeClientTest {
    private static final Duration TIMEOUT = FakeNode.TIMEOUT;

    private final CountDownLatch released = new CountDownLatch(1);
    private TestChain chain;
    private FakeNode node;
    private Map<String, FakeNode.Answer> answers;
    private List<String> tokens;
    private NodeClient client;

    @BeforeEach
    void startAFakeNode() throws Exception {
        chain = TestChain.create();
        node = new FakeNode(chain);
        answers = node.answers;
        tokens = node.tokens;
        client = node.client();
    }

    @AfterEach
    void stopIt() {
        released.countDown();
        node.close();
    }

    private URI uri() {
        return node.uri();
    }

    @Test
    void asksWithAFreshTokenForThisChainAndNode() throws Exception {
        answers.put(
                "Status",
                (exchange, request) -> reply(
                        exchange,
                        200,
                        StatusResponse.newBuilder().setHeight(7).build().toByteArray()));
        assertThat(client.status().getHeight()).isEqualTo(7);
        assertThat(client.status().getHeight()).isEqualTo(7);
        assertThat(new HashSet<>(tokens)).hasSize(2);
        JwtEdDsa.Jwt token = JwtEdDsa.parse(tokens.get(0).replace("Bearer ", ""));
        assertThat(token.verify(new Ed25519Verifier(1), chain.doctor.publicKey()))
                .isTrue();
        assertThat(token.keyId()).isEqualTo(TestChain.DOCTOR);
        assertThat(token.text("aud")).contains(chain.genesis.chainId().hex() + "/a-clinic");
        assertThat(token.text("jti")).hasValueSatisfying(id -> assertThat(id).matches("[0-9a-f]{32}"));
        assertThat(token.number("exp").getAsLong() - token.number("iat").getAsLong())
                .isBetween(1L, 60L);
    }

    @Test
    void trustsThePinnedKeyAlone() {
        NodeClient pinnedElsewhere = node.client(Hash.sha256(new byte[] {1}));
        assertThatThrownBy(pinnedElsewhere::status).isInstanceOfSatisfying(ClientException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(FailureClass.USAGE);
            assertThat(failure.code()).isEqualTo("NODE_NOT_PINNED");
        });
        assertThat(tokens).isEmpty();
    }

    @Test
    void findsTheNodeBehindAnUnlistedAddressByItsKey() throws Exception {
        NodeEndpoint found = chain.genesis.directory().resolve(uri(), TIMEOUT);
        assertThat(found.institution()).isEqualTo("a-clinic");
        assertThat(found.uri()).isEqualTo(uri());
        TestChain other = TestChain.create();
        assertThatThrownBy(() -> other.genesis.directory().resolve(uri(), TIMEOUT))
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(FailureClass.USAGE));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 409, 422, 503})
    void saysTheNodesOwnWordsAboutARefusal(int status) {
        answers.put("Status", (exchange, request) -> {
            exchange.getResponseHeaders().add("x-consilium-problem", "1");
            reply(
                    exchange,
                    status,
                    Problem.newBuilder()
                            .setError("only auditors may")
                            .setCode("ROLE_REQUIRED")
                            .setRule("PRV-8")
                            .setHint("ask one")
                            .setExitCode(4)
                            .build()
                            .toByteArray());
        });
        assertThatThrownBy(() -> client.status()).isInstanceOfSatisfying(NodeRefusal.class, refusal -> {
            assertThat(refusal.kind()).isEqualTo(FailureClass.DENIED);
            assertThat(refusal).hasMessage("Only auditors may");
            assertThat(refusal.rule()).isEqualTo("PRV-8");
            assertThat(refusal.hint()).isEqualTo("Ask one");
            assertThat(refusal.httpStatus()).isEqualTo(status);
        });
    }

    @Test
    @DisplayName("A request names the height that its caller has seen; where the node stands is asked without")
    void namesTheHeightThatWasSeen() throws Exception {
        AtomicLong seen = new AtomicLong();
        List<String> missed = new ArrayList<>();
        NodeClient seeing = node.client(seen(seen, missed));
        answers.put("Validators", (exchange, request) -> reply(exchange, ValidatorsResponse.getDefaultInstance()));
        answers.put("Status", (exchange, request) -> reply(exchange, StatusResponse.getDefaultInstance()));
        seeing.validators(0);
        seen.set(9);
        seeing.validators(0);
        seeing.status();
        client.validators(0);
        assertThat(node.heights).containsExactly("null", "9", "null", "null");
        assertThat(missed).isEmpty();
    }

    @Test
    @DisplayName("A node that did not reach the height is told of once, and waits once")
    void waitsOnceForANodeThatIsBehind() throws Exception {
        List<String> missed = new ArrayList<>();
        NodeClient seeing = node.client(seen(new AtomicLong(9), missed));
        answers.put("Validators", (exchange, request) -> {
            exchange.getResponseHeaders().add("consilium-behind-at", "5");
            reply(exchange, ValidatorsResponse.getDefaultInstance());
        });
        seeing.validators(0);
        seeing.validators(0);
        assertThat(node.heights).containsExactly("9", "null");
        assertThat(missed).containsExactly(uri() + " at 5");
    }

    private static SeenHeight seen(AtomicLong seen, List<String> missed) {
        return new SeenHeight() {
            @Override
            public long height() {
                return seen.get();
            }

            @Override
            public void proven(long height) {}

            @Override
            public void missed(URI node, long height) {
                missed.add(node + " at " + height);
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "--quasi, --quasi: the dataset has no column SEXX",
        "https://node.example:8443, The dataset has no column SEXX",
        "'', The dataset has no column SEXX"
    })
    void saysWhichPlaceIsAtFault(String path, String message) {
        answers.put("Status", (exchange, request) -> {
            exchange.getResponseHeaders().add("x-consilium-problem", "1");
            reply(
                    exchange,
                    422,
                    Problem.newBuilder()
                            .setError("the dataset has no column SEXX")
                            .setCode("COLUMN_UNKNOWN")
                            .setPath(path)
                            .setExitCode(6)
                            .build()
                            .toByteArray());
        });
        assertThatThrownBy(() -> client.status()).isInstanceOfSatisfying(NodeRefusal.class, refusal -> {
            assertThat(refusal).hasMessage(message);
            assertThat(refusal.path()).isEqualTo(path);
        });
    }

    @Test
    void blamesTheGenesisWhenTheNodeKeepsAnotherChain() {
        answers.put("Status", (exchange, request) -> {
            exchange.getResponseHeaders().add("x-consilium-problem", "1");
            reply(
                    exchange,
                    401,
                    Problem.newBuilder()
                            .setCode("WRONG_AUDIENCE")
                            .setExitCode(4)
                            .build()
                            .toByteArray());
        });
        assertThatThrownBy(() -> client.status()).isInstanceOfSatisfying(ClientException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(FailureClass.USAGE);
            assertThat(failure.code()).isEqualTo("WRONG_GENESIS");
        });
    }

    @Test
    void mapsPlainHttpFailuresToo() {
        assertThatThrownBy(() -> client.validators(0))
                .isInstanceOfSatisfying(
                        NodeRefusal.class, refusal -> assertThat(refusal.kind()).isEqualTo(FailureClass.NOT_FOUND));
        answers.put("Status", (exchange, request) -> reply(exchange, 503, new byte[0]));
        assertThatThrownBy(() -> client.status())
                .isInstanceOfSatisfying(
                        NodeRefusal.class, refusal -> assertThat(refusal.kind()).isEqualTo(FailureClass.UNREACHABLE));
    }

    @Test
    @DisplayName("TRI-7 a question whose answer was cut off may have been paid for: exit 7, and how to see it")
    void tri7_lostAnswerMayHaveCost() {
        answers.put("TrialQuery", (exchange, request) -> exchange.close());
        TrialQueryRequest question = TrialQueryRequest.newBuilder()
                .setTrialId(ByteString.copyFrom(new byte[] {0x0a, 0x1b}))
                .build();
        assertThatThrownBy(() -> client.trialQuery(question)).isInstanceOfSatisfying(ClientException.class, lost -> {
            assertThat(lost.kind()).isEqualTo(FailureClass.OUTCOME_UNKNOWN);
            assertThat(lost.getMessage()).contains("broke off", "may be spent");
            assertThat(lost.hint()).contains("consilium trial budget 0a1b");
        });
        assertThat(tokens)
                .as("one sending: the node would refuse a second as repeated")
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "500, INTERNAL, INTERNAL, ANSWER_LOST",
        "503, UNAVAILABLE, UNREACHABLE, ANSWER_LOST",
        "504, TIMEOUT, OUTCOME_UNKNOWN, ANSWER_LOST",
        "503, BUSY, UNREACHABLE, BUSY",
        "503, TOKENS_UNKNOWN, UNREACHABLE, TOKENS_UNKNOWN",
        "409, QUERY_REPEATED, CONFLICT, QUERY_REPEATED",
        "421, WRONG_NODE, UNREACHABLE, WRONG_NODE"
    })
    @DisplayName("TRI-7 a node that failed over a question may have spent what it costs; one that said no has not")
    void tri7_aFailureMayHaveCost(int status, String code, FailureClass kind, String told) {
        answers.put("TrialQuery", (exchange, request) -> FakeNode.refuse(exchange, status, code, kind));
        assertThatThrownBy(() -> client.trialQuery(TrialQueryRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(ClientException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(told);
                    assertThat(failure.kind())
                            .isEqualTo(told.equals("ANSWER_LOST") ? FailureClass.OUTCOME_UNKNOWN : kind);
                });
    }

    @Test
    @DisplayName("TRI-7 a release whose answer was cut off may count: exit 7, and how to see it")
    void tri7_lostReleaseMayCount() {
        answers.put("TrialRelease", (exchange, request) -> exchange.close());
        TrialReleaseRequest asked = TrialReleaseRequest.newBuilder()
                .setTrialId(ByteString.copyFrom(new byte[] {0x0a, 0x1b}))
                .build();
        assertThatThrownBy(() -> client.trialRelease(asked)).isInstanceOfSatisfying(ClientException.class, lost -> {
            assertThat(lost.kind()).isEqualTo(FailureClass.OUTCOME_UNKNOWN);
            assertThat(lost.code()).isEqualTo("ANSWER_LOST");
            assertThat(lost.getMessage()).contains("broke off", "may be released");
            assertThat(lost.hint()).contains("consilium trial history 0a1b");
        });
        assertThat(tokens).hasSize(1);
    }

    @Test
    void saysThatNothingListens() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        NodeClient nowhere = new NodeClient(
                chain.genesis.chainId(),
                new NodeEndpoint("a-clinic", URI.create("https://127.0.0.1:" + free), Hash.ZERO),
                chain.doctorIdentity(),
                TIMEOUT);
        assertThatThrownBy(nowhere::status)
                .isInstanceOfSatisfying(NodeUnreachable.class, failure -> assertThat(failure.kind())
                        .isEqualTo(FailureClass.UNREACHABLE));
    }

    @Test
    void refusesAnAnswerThatIsNoMessage() {
        answers.put("Status", (exchange, request) -> reply(exchange, 200, new byte[] {(byte) 0xff, 1, 2}));
        assertThatThrownBy(() -> client.status()).isInstanceOf(VerificationFailed.class);
    }

    private Submitter submitter(Duration timeout) {
        return new Submitter(client, new ReceiptVerifier(chain.genesis.trustRoot()), timeout);
    }

    @ParameterizedTest
    @CsvSource({"500, INTERNAL, INTERNAL", "502, HTTP_502, UNREACHABLE", "503, UNAVAILABLE, UNREACHABLE"})
    @DisplayName("TX-3 a failure of the node may have come after the work, so the outcome is unknown")
    void aFailureLeavesTheOutcomeUnknown(int status, String code, FailureClass kind) throws Exception {
        byte[] signed = chain.signed(body -> body.setNoop(Noop.getDefaultInstance()));
        Hash txId = ParsedTransaction.parse(signed).txId();
        answers.put("Submit", (exchange, request) -> FakeNode.refuse(exchange, status, code, kind));
        assertThatThrownBy(() -> submitter(TIMEOUT).submit(signed, txId)).isInstanceOf(OutcomeUnknown.class);

        answers.put("Submit", (exchange, request) -> FakeNode.refuse(exchange, 503, "BUSY", FailureClass.UNREACHABLE));
        assertThatThrownBy(() -> submitter(TIMEOUT).submit(signed, txId))
                .isInstanceOfSatisfying(
                        NodeRefusal.class, refusal -> assertThat(refusal.kind()).isEqualTo(FailureClass.UNREACHABLE));
    }

    @Test
    void verifiesTheReceiptOfASubmission() throws Exception {
        byte[] signed = chain.signed(body -> body.setNoop(Noop.getDefaultInstance()));
        byte[] proof = chain.proof(signed).encode();
        answers.put("Submit", (exchange, request) -> {
            assertThat(SubmitRequest.parseFrom(request).getTransactions(0)).isEqualTo(ByteString.copyFrom(signed));
            reply(exchange, 200, result("COMMITTED", proof));
        });
        Hash txId = ParsedTransaction.parse(signed).txId();
        assertThat(submitter(TIMEOUT).submit(signed, txId).applied()).isTrue();
        assertThatThrownBy(() -> submitter(TIMEOUT).submit(signed, Hash.sha256(new byte[] {9})))
                .as("the receipt of another transaction")
                .isInstanceOf(VerificationFailed.class);
        proof[proof.length / 2] ^= 1;
        assertThatThrownBy(() -> submitter(TIMEOUT).submit(signed, txId)).isInstanceOf(VerificationFailed.class);
    }

    @Test
    void leavesTheOutcomeOpenWhenTheWaitRanOut() throws Exception {
        byte[] signed = chain.signed(body -> body.setNoop(Noop.getDefaultInstance()));
        Hash txId = ParsedTransaction.parse(signed).txId();
        answers.put("Submit", (exchange, request) -> reply(exchange, 200, result("UNKNOWN", new byte[0])));
        assertThatThrownBy(() -> submitter(TIMEOUT).submit(signed, txId))
                .isInstanceOfSatisfying(OutcomeUnknown.class, unknown -> {
                    assertThat(unknown.kind().exitCode()).isEqualTo(7);
                    assertThat(unknown.transactionId()).isEqualTo(txId.hex());
                    assertThat(unknown.hint()).contains("--settle");
                });
    }

    @Test
    void looksTheReceiptUpAfterALostAnswer() throws Exception {
        byte[] signed = chain.signed(body -> body.setNoop(Noop.getDefaultInstance()));
        byte[] proof = chain.proof(signed).encode();
        Hash txId = ParsedTransaction.parse(signed).txId();
        answers.put("Submit", (exchange, request) -> exchange.close());
        answers.put(
                "Transaction",
                (exchange, request) -> reply(
                        exchange,
                        200,
                        TransactionResponse.newBuilder()
                                .setState("APPLIED")
                                .setReceiptProof(ByteString.copyFrom(proof))
                                .build()
                                .toByteArray()));
        assertThat(submitter(TIMEOUT).submit(signed, txId).applied()).isTrue();
        answers.remove("Transaction");
        assertThatThrownBy(() -> submitter(TIMEOUT).submit(signed, txId)).isInstanceOf(OutcomeUnknown.class);
    }

    @Test
    void doesNotWaitForEverForASilentNode() {
        answers.put("Status", (exchange, request) -> {
            try {
                assertThat(released.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        NodeClient impatient = new NodeClient(
                chain.genesis.chainId(), client.endpoint(), chain.doctorIdentity(), Duration.ofMillis(300));
        assertThatThrownBy(impatient::status)
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(FailureClass.UNREACHABLE));
    }

    private static byte[] result(String state, byte[] proof) {
        return SubmitResponse.newBuilder()
                .addResults(SubmitResult.newBuilder().setState(state).setReceiptProof(ByteString.copyFrom(proof)))
                .build()
                .toByteArray();
    }
}
