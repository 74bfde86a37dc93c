package io.consilium.client;

import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;

/** Asks a node's health pages, which need no token; the node is known by its pinned key. */
public final class HealthProbe {
    private static final int OK = 200;
    private static final int MAX_ANSWER_BYTES = 16 * 1024;

    private final NodeEndpoint endpoint;
    private final PinnedTrust trust;

    public HealthProbe(NodeEndpoint endpoint) {
        this.endpoint = endpoint;
        this.trust = PinnedTrust.of(Set.of(endpoint.keyHash()));
    }

    /** The two questions that the node answers. */
    public enum Question {
        /** Does the API answer at all? */
        LIVE("/health/live"),
        /** Does the node take part, and is it up to date? */
        READY("/health/ready");

        private final String path;

        Question(String path) {
            this.path = path;
        }
    }

    /**
     * What the node said.
     *
     * @param text its words, or why there are none
     */
    public record Answer(boolean good, String text) {
        /** The reasons that the node's page gives for not being ready; else its words as they are. */
        public String reasons() {
            try {
                JsonFields page = JsonFields.of(JsonReader.read(text), "");
                return page.has("reasons") ? String.join("; ", page.texts("reasons")) : text;
            } catch (JsonException noPage) {
                return text;
            }
        }
    }

    /** Never throws: that a node does not answer is an answer here. */
    public Answer ask(Question question, Duration limit) {
        try {
            HttpsURLConnection connection = (HttpsURLConnection)
                    endpoint.uri().resolve(question.path).toURL().openConnection();
            connection.setSSLSocketFactory(trust.context().getSocketFactory());
            // The key is pinned, so the name says nothing more.
            connection.setHostnameVerifier((host, session) -> true);
            connection.setConnectTimeout((int) limit.toMillis());
            connection.setReadTimeout((int) limit.toMillis());
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            boolean good = connection.getResponseCode() == OK;
            try (InputStream body = good ? connection.getInputStream() : connection.getErrorStream()) {
                String text = body == null
                        ? "HTTP " + connection.getResponseCode()
                        : new String(body.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8).strip();
                return new Answer(good, text);
            }
        } catch (IOException unreachable) {
            String reason = unreachable.getMessage();
            return new Answer(false, "unreachable (" + (reason == null ? "no answer" : reason) + ")");
        }
    }
}
