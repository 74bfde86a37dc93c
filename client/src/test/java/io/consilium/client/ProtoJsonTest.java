package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.TransactionBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtoJsonTest {
    @Test
    void aWholeGenesisSurvives() throws Exception {
        GenesisDocument document = TestChain.create().genesis.document();
        String json = JsonWriter.indented(ProtoJson.write(document));
        assertThat(GenesisFile.document(JsonReader.read(json))).isEqualTo(document);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"nop\":{}}                                            | nop",
                "{\"noop\":{\"x\":1}}                                    | noop.x",
                "{\"noop\":1}                                            | noop",
                "{\"noop\":{},\"memberSuspend\":{}}                      | memberSuspend",
                "{\"memberSuspend\":{\"member\":1}}                      | memberSuspend.member",
                "{\"memberSuspend\":{\"reinstate\":\"yes\"}}             | memberSuspend.reinstate",
                "{\"consentRevoke\":{\"consentId\":\"0G\"}}              | consentRevoke.consentId",
                "{\"memberAdd\":{\"roles\":\"ADMIN\"}}                   | memberAdd.roles",
                "{\"memberAdd\":{\"signingKey\":{\"algorithm\":\"RSA\"}}} | memberAdd.signingKey.algorithm",
                "{\"recordAmend\":{\"predecessor\":1.5}}                 | recordAmend.predecessor",
                "{\"consentGrant\":{\"terms\":{\"rules\":[{\"permit\":1}]}}} | consentGrant.terms.rules[0].permit"
            })
    void refusesWhatTheSchemaHasNotWithItsPath(String json, String path) {
        assertThatThrownBy(() -> ProtoJson.read(JsonReader.read(json), TransactionBody.newBuilder(), ""))
                .isInstanceOfSatisfying(MalformedInput.class, refused -> assertThat(refused.path())
                        .isEqualTo(path.strip()));
    }

    @Test
    void aGenesisFileHasOneSpellingAndItsOwnHash() throws Exception {
        GenesisFile genesis = TestChain.create().genesis;
        byte[] file = genesis.encode();
        GenesisFile read = GenesisFile.parse(file, "genesis.json");
        assertThat(read.chainId()).isEqualTo(genesis.chainId());
        assertThat(read.trustRoot()).isEqualTo(genesis.trustRoot());
        assertThat(read.state().canonicalBytes())
                .isEqualTo(GenesisState.of(genesis.document()).canonicalBytes());
        for (int i = 0; i < file.length; i += 3) {
            byte[] changed = file.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> GenesisFile.parse(changed, "genesis.json"))
                    .as("byte %d", i)
                    .isInstanceOf(VerificationFailed.class);
        }
    }
}
