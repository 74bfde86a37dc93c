package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.client.TransactionBuilder;
import io.consilium.client.VerifiedReceipt;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Noop;
import io.consilium.proto.TransactionResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettlementTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String SENDER = "st-mary/dr-adams";
    private static final long END = 1_760_000_000_000L;

    @TempDir
    Path home;

    private final List<String> said = new ArrayList<>();
    private final ScriptedChain chain = new ScriptedChain();
    private Unsettled unsettled;
    private Hash txId;

    @BeforeEach
    void keepOne() throws Exception {
        unsettled = new Unsettled(home);
        byte[] signed = new TransactionBuilder(
                        Hash.sha256(ByteString.copyFromUtf8("chain").toByteArray()),
                        SENDER,
                        KeyPair.generate(RANDOM).signer())
                .signed(END, body -> body.setNoop(Noop.getDefaultInstance()));
        txId = ParsedTransaction.parse(signed).txId();
        unsettled.keep(txId, signed);
    }

    /** A chain that grows to a block past the end of validity with the question or the no-op. */
    private static final class ScriptedChain implements Settlement.Chain {
        private String actor = SENDER;
        private String state = "UNKNOWN";
        private long tipMillis = END - 1;
        private boolean growsWhenAsked;
        private int noops;

        @Override
        public String actor() {
            return actor;
        }

        @Override
        public long tipMillis() {
            return tipMillis;
        }

        @Override
        public TransactionResponse transaction(Hash asked) {
            if (growsWhenAsked) {
                tipMillis = END + 1;
            }
            return TransactionResponse.newBuilder().setState(state).build();
        }

        @Override
        public VerifiedReceipt verify(byte[] receiptProof) {
            throw new AssertionError("no receipt was given");
        }

        @Override
        public void sendNoop() {
            noops++;
            tipMillis = END + 1;
        }
    }

    private Map<String, Object> settle(boolean settle) throws Exception {
        return new Settlement(chain, unsettled, said::add).run(txId, settle);
    }

    @Test
    @DisplayName("TX-3 a transaction that no block up to its end holds has expired once a later block stands")
    void expires() throws Exception {
        chain.tipMillis = END + 1;
        assertThat(settle(false)).containsEntry("status", "EXPIRED").containsKey("validUntil");
        assertThat(unsettled.find(txId)).as("asked again, it is told again").isPresent();
    }

    @Test
    @DisplayName("TX-3 a block that is decided after the question proves nothing about its answer")
    void aLaterBlockDoesNotMakeTheAnswerFinal() throws Exception {
        chain.growsWhenAsked = true;
        assertThat(settle(false)).containsEntry("status", "UNKNOWN");
        assertThat(settle(false)).containsEntry("status", "EXPIRED");
    }

    @Test
    @DisplayName("TX-3 a no-op makes the block that settles it")
    void theNoopMakesItFinal() throws Exception {
        assertThat(settle(true)).containsEntry("status", "EXPIRED");
        assertThat(chain.noops).isOne();
    }

    @Test
    @DisplayName("PRV-8, TX-3 whoever may not see a transaction is not told that it has expired")
    void onlyASignerIsToldOfTheEnd() throws Exception {
        chain.actor = "riverside/dr-brown";
        chain.tipMillis = END + 1;
        assertThat(settle(false)).containsEntry("status", "UNKNOWN").doesNotContainKey("validUntil");
        assertThat(said).singleElement().asString().contains(SENDER, "the context that sent it");
    }

    @Test
    @DisplayName("TX-3 of a transaction that was sent elsewhere no end is known here")
    void withoutTheBodyNoEndIsKnown() throws Exception {
        unsettled.settle(txId);
        chain.tipMillis = END + 1;
        chain.state = "PENDING";
        assertThat(settle(false)).containsEntry("status", "PENDING");
        assertThat(said).singleElement().asString().contains("ten minutes");
    }
}
