package io.consilium.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.consilium.crypto.Hash;
import io.consilium.crypto.JwtEdDsa;
import io.consilium.proto.BlockRequest;
import io.consilium.proto.BlockResponse;
import io.consilium.proto.ConsentCheckRequest;
import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.CustodyRequest;
import io.consilium.proto.CustodyResponse;
import io.consilium.proto.DiscloseRequest;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugResponse;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.MrnIndexRequest;
import io.consilium.proto.MrnIndexResponse;
import io.consilium.proto.RationaleKeyRequest;
import io.consilium.proto.RationaleKeyResponse;
import io.consilium.proto.ScopeKeyRequest;
import io.consilium.proto.ScopeKeyResponse;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.StatusRequest;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.SubmitResponse;
import io.consilium.proto.TransactionRequest;
import io.consilium.proto.TransactionResponse;
import io.consilium.proto.TrialCheckRequest;
import io.consilium.proto.TrialCheckResponse;
import io.consilium.proto.TrialNullifierRequest;
import io.consilium.proto.TrialNullifierResponse;
import io.consilium.proto.TrialQueryRequest;
import io.consilium.proto.TrialQueryResponse;
import io.consilium.proto.TrialReleaseRequest;
import io.consilium.proto.TrialReleaseResponse;
import io.consilium.proto.ValidatorsRequest;
import io.consilium.proto.ValidatorsResponse;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/**
 * The client of one node: protobuf over the JDK's own HTTPS, the node known by its pinned key alone, every request with
 * a fresh short-lived token of the caller's key.
 *
 * <p>Safe for use by many threads; connections are kept alive by the JDK. Whatever comes back is a claim: proofs in it
 * are checked by {@link ReceiptVerifier} and {@link StateVerifier}.
 */
public final class NodeClient {
    private static final String SERVICE = "/consilium.v1.Consilium/";
    private static final String AFTER_HEIGHT = "consilium-after-height";

    private static final String BEHIND_AT = "consilium-behind-at";

    /** Nodes wait three seconds for a height: who has less time takes the answer as it is. */
    private static final Duration MIN_PATIENCE = Duration.ofSeconds(5);

    /** A node says at once where it stands. */
    private static final String STATUS = SERVICE + "Status";

    /** Answered once for their ids: a second sending would be refused, and hide that the first was done and counts. */
    private static final Set<String> SENT_ONCE = Set.of("TrialQuery", "TrialRelease");

    private static final String PROTOBUF = "application/protobuf";
    private static final String TEXT = "text/plain";
    private static final int MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
    private static final int TOKEN_SECONDS = 30;
    private static final int MAX_CONNECT_MILLIS = 10_000;
    private static final int TOKEN_ID_BYTES = 16;

    /** Of what a node commits before it answers. */
    private static final Duration COMMIT_WAIT = Duration.ofSeconds(125);

    /** What a node that waited as long as it was told to still needs to answer. */
    private static final Duration ANSWER_MARGIN = Duration.ofSeconds(5);

    private final String audience;
    private final NodeEndpoint endpoint;
    private final Identity identity;
    private final Duration timeout;
    private final SeenHeight seen;
    private final SSLSocketFactory sockets;
    private final SecureRandom random = new SecureRandom();

    /** It did not reach the height that was seen: it is not told again, since each request would wait for it. */
    private volatile boolean behind;

    /** @param timeout of connecting and of each answer, waits for a commit not counted */
    public NodeClient(Hash chainId, NodeEndpoint endpoint, Identity identity, Duration timeout) {
        this(chainId, endpoint, identity, timeout, SeenHeight.NONE);
    }

    /** With answers from no older state than was seen, if the node reaches it in time. */
    public NodeClient(Hash chainId, NodeEndpoint endpoint, Identity identity, Duration timeout, SeenHeight seen) {
        this.audience = chainId.hex() + "/" + endpoint.institution();
        this.endpoint = endpoint;
        this.identity = identity;
        this.timeout = timeout;
        this.seen = seen;
        this.sockets = PinnedTrust.of(Set.of(endpoint.keyHash())).context().getSocketFactory();
    }

    public NodeEndpoint endpoint() {
        return endpoint;
    }

    public Identity identity() {
        return identity;
    }

    /** Hands in signed transactions; with a wait, up to that long for their receipts. */
    public SubmitResponse submit(List<byte[]> signed, Duration wait) throws ClientException {
        SubmitRequest.Builder request =
                SubmitRequest.newBuilder().setWaitCommitted(!wait.isZero()).setTimeoutMillis(wait.toMillis());
        signed.forEach(bytes -> request.addTransactions(ByteString.copyFrom(bytes)));
        return call(
                "Submit", request.build(), SubmitResponse.parser(), wait.isZero() ? timeout : wait.plus(ANSWER_MARGIN));
    }

    public TransactionResponse transaction(Hash txId) throws ClientException {
        TransactionRequest request = TransactionRequest.newBuilder()
                .setTxId(ByteString.copyFrom(txId.toBytes()))
                .build();
        return call("Transaction", request, TransactionResponse.parser(), timeout);
    }

    public StatusResponse status() throws ClientException {
        return call("Status", StatusRequest.getDefaultInstance(), StatusResponse.parser(), timeout);
    }

    /** The set of a height, 0 for the next block's. */
    public ValidatorsResponse validators(long height) throws ClientException {
        ValidatorsRequest request =
                ValidatorsRequest.newBuilder().setHeight(height).build();
        return call("Validators", request, ValidatorsResponse.parser(), timeout);
    }

    public BlockResponse block(BlockRequest request) throws ClientException {
        return call("Block", request, BlockResponse.parser(), timeout);
    }

    /** @param key state key in text, e.g. {@code institution/st-mary} */
    public StateResponse state(String key) throws ClientException {
        return call("State", StateRequest.newBuilder().setKey(key).build(), StateResponse.parser(), timeout);
    }

    public ListResponse list(ListRequest request) throws ClientException {
        return call("List", request, ListResponse.parser(), timeout);
    }

    public ConsentCheckResponse consentCheck(ConsentCheckRequest request) throws ClientException {
        return call("ConsentCheck", request, ConsentCheckResponse.parser(), timeout);
    }

    public ScopeKeyResponse scopeKey(ByteString patientId) throws ClientException {
        ScopeKeyRequest request =
                ScopeKeyRequest.newBuilder().setPatientId(patientId).build();
        return call("ScopeKey", request, ScopeKeyResponse.parser(), timeout);
    }

    public RationaleKeyResponse rationaleKey(ByteString accessId) throws ClientException {
        RationaleKeyRequest request =
                RationaleKeyRequest.newBuilder().setAccessId(accessId).build();
        return call("RationaleKey", request, RationaleKeyResponse.parser(), timeout);
    }

    public MrnIndexResponse mrnIndex(MrnIndexRequest request) throws ClientException {
        return call("MrnIndex", request, MrnIndexResponse.parser(), timeout);
    }

    public StagePayloadResponse stagePayload(StagePayloadRequest request) throws ClientException {
        return call("StagePayload", request, StagePayloadResponse.parser(), timeout);
    }

    public DiscloseResponse disclose(ByteString accessId) throws ClientException {
        DiscloseRequest request =
                DiscloseRequest.newBuilder().setAccessId(accessId).build();
        return call("Disclose", request, DiscloseResponse.parser(), timeout);
    }

    public FetchPayloadResponse fetchPayload(FetchPayloadRequest request) throws ClientException {
        return call("FetchPayload", request, FetchPayloadResponse.parser(), timeout);
    }

    /** Has the node of a custodian change a patient's keys, as far as fits into one transaction (PRV-7). */
    public CustodyResponse custody(CustodyRequest request) throws ClientException {
        return call("Custody", request, CustodyResponse.parser(), timeout);
    }

    public TrialNullifierResponse trialNullifier(ByteString trialId, ByteString patientId) throws ClientException {
        TrialNullifierRequest request = TrialNullifierRequest.newBuilder()
                .setTrialId(trialId)
                .setPatientId(patientId)
                .build();
        return call("TrialNullifier", request, TrialNullifierResponse.parser(), timeout);
    }

    public DrugResponse drug(DrugRequest request) throws ClientException {
        return call("Drug", request, DrugResponse.parser(), timeout);
    }

    /** The answer comes once the release is committed, once for its id; a lost answer or a failure may lose its content. */
    public TrialReleaseResponse trialRelease(TrialReleaseRequest request) throws ClientException {
        return sentOnce(
                "TrialRelease",
                request,
                TrialReleaseResponse.parser(),
                "it may be released all the same, and its content is lost then",
                "Ask for it once more; see what counts as released: consilium trial history "
                        + hex(request.getTrialId()));
    }

    /** The whole dataset is read for it. */
    public TrialCheckResponse trialCheck(TrialCheckRequest request) throws ClientException {
        return call("TrialCheck", request, TrialCheckResponse.parser(), COMMIT_WAIT);
    }

    /** The answer comes once the budget is spent, once for its id; a lost answer or a failure may lose what it spent. */
    public TrialQueryResponse trialQuery(TrialQueryRequest request) throws ClientException {
        return sentOnce(
                "TrialQuery",
                request,
                TrialQueryResponse.parser(),
                "what the question costs may be spent",
                "See what is left: consilium trial budget " + hex(request.getTrialId()));
    }

    private <T> T sentOnce(String method, MessageLite request, Parser<T> parser, String lost, String hint)
            throws ClientException {
        try {
            return call(method, request, parser, COMMIT_WAIT);
        } catch (Unanswered cut) {
            throw answerLost(cut, lost, hint);
        } catch (NodeRefusal refusal) {
            throw refusal.isBeforeAdmission() ? refusal : answerLost(refusal, lost, hint);
        }
    }

    private static ClientException answerLost(ClientException cause, String lost, String hint) {
        return new ClientException(
                        FailureClass.OUTCOME_UNKNOWN,
                        "ANSWER_LOST",
                        "TRI-7",
                        "",
                        cause.getMessage() + "; " + lost,
                        hint)
                .causedBy(cause);
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    public WatchResponse watch(WatchRequest request) throws ClientException {
        Duration wait = timeout.plus(Duration.ofMillis(request.getWaitMillis()));
        return call("Watch", request, WatchResponse.parser(), wait);
    }

    /** The node's figures in the text format of Prometheus; it shows them to its own institution's staff. */
    public String metrics() throws ClientException {
        try {
            byte[] page = exchange("/metrics", Optional.empty(), TEXT, timeout);
            return new String(page, StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw unreachable(endpoint.uri(), failed);
        }
    }

    private <T> T call(String method, MessageLite request, Parser<T> parser, Duration wait) throws ClientException {
        byte[] answer;
        try {
            answer = post(method, request.toByteArray(), wait);
        } catch (SocketTimeoutException late) {
            throw new Unanswered(endpoint.uri() + " did not answer within " + wait.toSeconds() + " s").causedBy(late);
        } catch (SSLException refused) {
            throw refused.getCause() instanceof SocketException ? brokenOff(refused) : secureFailure(refused);
        } catch (UnknownHostException unknown) {
            throw unreachable(endpoint.uri(), unknown);
        } catch (IOException failed) {
            throw brokenOff(failed);
        }
        try {
            return parser.parseFrom(answer);
        } catch (InvalidProtocolBufferException malformed) {
            throw new VerificationFailed(
                            "ANSWER_MALFORMED",
                            "The answer of " + endpoint.uri() + " to " + method + " cannot be read",
                            "Check that node and client are of one version")
                    .causedBy(malformed);
        }
    }

    private ClientException brokenOff(IOException failed) {
        return new Unanswered(endpoint.uri() + " broke off: " + reason(failed)).causedBy(failed);
    }

    /** A request that may have reached the node: of a write, the outcome is unknown. */
    static final class Unanswered extends ClientException {
        private static final long serialVersionUID = 1L;

        Unanswered(String cause) {
            super(
                    FailureClass.UNREACHABLE,
                    "NODE_UNREACHABLE",
                    "The node at " + cause,
                    "Check that the node runs, or name another with --node");
        }
    }

    private byte[] post(String method, byte[] body, Duration wait) throws IOException, ClientException {
        try {
            return postOnce(method, body, wait);
        } catch (SocketTimeoutException | SSLException | UnknownHostException lasting) {
            throw lasting;
        } catch (IOException stale) {
            if (SENT_ONCE.contains(method)) {
                throw stale;
            }
            // A connection that the node had closed meanwhile: every other request may be sent twice, with a new token.
            try {
                return postOnce(method, body, wait);
            } catch (NodeUnreachable gone) {
                throw brokenOff(stale); // the first may have arrived all the same
            }
        }
    }

    private byte[] postOnce(String method, byte[] body, Duration wait) throws IOException, ClientException {
        return exchange(SERVICE + method, Optional.of(body), PROTOBUF, wait);
    }

    /** A GET, or a POST where there is a body. */
    private byte[] exchange(String path, Optional<byte[]> body, String accept, Duration wait)
            throws IOException, ClientException {
        HttpsURLConnection connection =
                (HttpsURLConnection) endpoint.uri().resolve(path).toURL().openConnection();
        connection.setSSLSocketFactory(sockets);
        // The key is pinned, so the name says nothing more.
        connection.setHostnameVerifier((host, session) -> true);
        connection.setConnectTimeout(Math.min(MAX_CONNECT_MILLIS, millis(timeout)));
        connection.setReadTimeout(millis(wait));
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        if (body.isPresent()) {
            connection.setDoOutput(true);
            connection.setRequestMethod("POST");
            connection.setRequestProperty("content-type", PROTOBUF);
            if (!behind && seen.height() > 0 && !path.equals(STATUS) && timeout.compareTo(MIN_PATIENCE) >= 0) {
                connection.setRequestProperty(AFTER_HEIGHT, Long.toString(seen.height()));
            }
        }
        connection.setRequestProperty("accept", accept);
        connection.setRequestProperty("authorization", "Bearer " + token());
        try {
            connection.connect();
        } catch (SSLException refused) {
            throw refused;
        } catch (IOException notConnected) {
            throw unreachable(endpoint.uri(), notConnected);
        }
        if (body.isPresent()) {
            connection.getOutputStream().write(body.get());
        }
        int status = connection.getResponseCode();
        noteBehind(connection.getHeaderFieldLong(BEHIND_AT, -1));
        if (status == HttpsURLConnection.HTTP_OK) {
            try (InputStream in = connection.getInputStream()) {
                return bounded(in);
            }
        }
        InputStream error = connection.getErrorStream();
        byte[] problem = new byte[0];
        if (error != null) {
            try (error) {
                problem = bounded(error);
            }
        }
        boolean ours = connection.getHeaderField("x-consilium-problem") != null;
        throw NodeRefusal.of(endpoint, status, ours, problem);
    }

    private void noteBehind(long height) {
        if (height >= 0 && !behind) {
            behind = true;
            seen.missed(endpoint.uri(), height);
        }
    }

    private String token() {
        byte[] id = new byte[TOKEN_ID_BYTES];
        random.nextBytes(id);
        long now = System.currentTimeMillis() / 1_000;
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", identity.actor());
        claims.put("aud", audience);
        claims.put("iat", now);
        claims.put("exp", now + TOKEN_SECONDS);
        claims.put("jti", HexFormat.of().formatHex(id));
        return JwtEdDsa.sign(claims, identity.actor(), identity.signer());
    }

    private ClientException secureFailure(SSLException refused) {
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof PinnedTrust.WrongKey) {
                return NodeDirectory.notPinned(endpoint.uri()).causedBy(refused);
            }
        }
        return new NodeUnreachable("No secure connection to " + endpoint.uri() + ": " + reason(refused))
                .causedBy(refused);
    }

    static ClientException unreachable(URI uri, IOException failed) {
        String why = failed instanceof UnknownHostException ? "there is no such host" : reason(failed);
        return new NodeUnreachable("The node at " + uri + " does not answer: " + why).causedBy(failed);
    }

    private static String reason(IOException failed) {
        if (failed instanceof SocketTimeoutException) {
            return "no answer in time";
        }
        String message = failed.getMessage();
        return message == null ? failed.getClass().getSimpleName() : message;
    }

    private static byte[] bounded(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MAX_RESPONSE_BYTES + 1);
        if (bytes.length > MAX_RESPONSE_BYTES) {
            throw new IOException("the answer has more than " + MAX_RESPONSE_BYTES + " bytes");
        }
        return bytes;
    }

    private static int millis(Duration duration) {
        return (int) Math.min(Integer.MAX_VALUE, duration.toMillis());
    }
}
