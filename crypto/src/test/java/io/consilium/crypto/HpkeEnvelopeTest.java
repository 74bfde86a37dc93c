package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.junit.jupiter.api.Test;

class HpkeEnvelopeTest {
    private static final byte[] INFO = "consilium/data-key/v1".getBytes(StandardCharsets.UTF_8);
    private static final byte[] AAD = "record 7".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PLAINTEXT = "a data key of thirty-two bytes..".getBytes(StandardCharsets.UTF_8);

    private final SecureRandom random = new SecureRandom();
    private final X25519KeyPair recipient = X25519.generate(random);

    @Test
    void prv3_opensWhatWasSealed() throws Exception {
        byte[] envelope = HpkeEnvelope.seal(recipient.publicKey(), INFO, AAD, PLAINTEXT, random);
        assertThat(envelope).hasSize(PLAINTEXT.length + HpkeEnvelope.OVERHEAD_BYTES);
        assertThat(HpkeEnvelope.open(recipient.privateKey(), INFO, AAD, envelope))
                .isEqualTo(PLAINTEXT);
        byte[] empty = HpkeEnvelope.seal(recipient.publicKey(), new byte[0], new byte[0], new byte[0], random);
        assertThat(HpkeEnvelope.open(recipient.privateKey(), new byte[0], new byte[0], empty))
                .isEmpty();
    }

    @Test
    void prv3_sealsDifferentlyEachTime() {
        byte[] first = HpkeEnvelope.seal(recipient.publicKey(), INFO, AAD, PLAINTEXT, random);
        byte[] second = HpkeEnvelope.seal(recipient.publicKey(), INFO, AAD, PLAINTEXT, random);
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void prv3_refusesAnyOtherKeyInfoDataOrByte() {
        byte[] envelope = HpkeEnvelope.seal(recipient.publicKey(), INFO, AAD, PLAINTEXT, random);
        byte[] key = recipient.privateKey();
        refuses(X25519.generate(random).privateKey(), INFO, AAD, envelope);
        refuses(key, AAD, AAD, envelope);
        refuses(key, INFO, INFO, envelope);
        refuses(key, INFO, AAD, Arrays.copyOf(envelope, envelope.length - 1));
        refuses(key, INFO, AAD, Arrays.copyOf(envelope, envelope.length + 1));
        refuses(key, INFO, AAD, new byte[HpkeEnvelope.OVERHEAD_BYTES - 1]);
        for (int i = 0; i < envelope.length; i++) {
            byte[] altered = envelope.clone();
            altered[i] ^= 1;
            refuses(key, INFO, AAD, altered);
        }
    }

    @Test
    void prv3_refusesPointsOfSmallOrder() {
        byte[] envelope = HpkeEnvelope.seal(recipient.publicKey(), INFO, AAD, PLAINTEXT, random);
        Arrays.fill(envelope, 0, 32, (byte) 0);
        refuses(recipient.privateKey(), INFO, AAD, envelope);
        assertThatThrownBy(() -> HpkeEnvelope.seal(new byte[32], INFO, AAD, PLAINTEXT, random))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unusable");
    }

    @Test
    void prv3_refusesMoreThanTheBound() {
        byte[] tooLarge = new byte[HpkeEnvelope.MAX_PLAINTEXT_BYTES + 1];
        assertThatThrownBy(() -> HpkeEnvelope.seal(recipient.publicKey(), INFO, AAD, tooLarge, random))
                .isInstanceOf(IllegalArgumentException.class);
        refuses(recipient.privateKey(), INFO, AAD, new byte[tooLarge.length + HpkeEnvelope.OVERHEAD_BYTES]);
    }

    private static void refuses(byte[] key, byte[] info, byte[] aad, byte[] envelope) {
        assertThatThrownBy(() -> HpkeEnvelope.open(key, info, aad, envelope)).isInstanceOf(CryptoException.class);
    }

    @Test
    void agreesWithTheRfcWrittenDownAnew() throws Exception {
        byte[] ephemeral = new byte[32];
        Arrays.fill(ephemeral, (byte) 9);
        SecureRandom fixed = new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(ephemeral, 0, bytes, 0, bytes.length);
            }
        };
        byte[] envelope = HpkeEnvelope.seal(recipient.publicKey(), INFO, AAD, PLAINTEXT, fixed);
        byte[] expected = HpkeReference.sender(2, 32, ephemeral, recipient.publicKey(), INFO)
                .seal(AAD, PLAINTEXT);
        assertThat(Arrays.copyOfRange(envelope, 32, envelope.length)).isEqualTo(expected);
        assertThat(Arrays.copyOf(envelope, 32))
                .isEqualTo(X25519.fromPrivate(ephemeral).publicKey());
    }

    @Test
    void agreesWithThePublishedVectorsOfBaseMode() throws Exception {
        List<Map<String, String>> blocks = blocks();
        int sealed = 0;
        int exported = 0;
        HPKEContext sender = null;
        HPKEContext receiver = null;
        int sequence = 0;
        for (Map<String, String> block : blocks) {
            if (block.containsKey("mode")) {
                boolean base = block.get("mode").equals("0");
                HPKEContext[] contexts = base ? setup(block) : new HPKEContext[2];
                sender = contexts[0];
                receiver = contexts[1];
                sequence = 0;
            } else if (sender != null && receiver != null && block.containsKey("sequence number")) {
                for (int wanted = Integer.parseInt(block.get("sequence number")); sequence < wanted; sequence++) {
                    receiver.open(new byte[0], sender.seal(new byte[0], new byte[0]));
                }
                byte[] ciphertext = sender.seal(bytes(block, "aad"), bytes(block, "pt"));
                assertThat(ciphertext).isEqualTo(bytes(block, "ct"));
                assertThat(receiver.open(bytes(block, "aad"), ciphertext)).isEqualTo(bytes(block, "pt"));
                sequence++;
                sealed++;
            } else if (sender != null && block.containsKey("exporter_context")) {
                int length = Integer.parseInt(block.get("L"));
                assertThat(sender.export(bytes(block, "exporter_context"), length))
                        .isEqualTo(bytes(block, "exported_value"));
                exported++;
            }
        }
        assertThat(sealed).isEqualTo(12);
        assertThat(exported).isEqualTo(6);
    }

    private static HPKEContext[] setup(Map<String, String> block) throws Exception {
        short aead = Short.parseShort(block.get("aead_id"));
        HPKE suite = HpkeEnvelope.suite(aead);
        X25519KeyPair ephemeral = X25519.fromPrivate(bytes(block, "skEm"));
        X25519KeyPair receiver = X25519.fromPrivate(bytes(block, "skRm"));
        assertThat(receiver.publicKey()).isEqualTo(bytes(block, "pkRm"));
        HPKEContextWithEncapsulation sender = suite.setupBaseS(
                HpkeEnvelope.publicKey(receiver.publicKey()), bytes(block, "info"), HpkeEnvelope.pair(ephemeral));
        assertThat(sender.getEncapsulation()).isEqualTo(bytes(block, "enc"));
        if (aead == HPKE.aead_AES_GCM128) {
            HpkeReference reference =
                    HpkeReference.sender(aead, 16, bytes(block, "skEm"), bytes(block, "pkRm"), bytes(block, "info"));
            assertThat(reference.key()).isEqualTo(bytes(block, "key"));
            assertThat(reference.baseNonce()).isEqualTo(bytes(block, "base_nonce"));
        }
        return new HPKEContext[] {
            sender,
            HpkeEnvelope.suite(aead)
                    .setupBaseR(sender.getEncapsulation(), HpkeEnvelope.pair(receiver), bytes(block, "info"))
        };
    }

    /** Groups of "name: value" lines separated by blank lines; a value may run over several lines. */
    private static List<Map<String, String>> blocks() throws IOException {
        List<Map<String, String>> blocks = new ArrayList<>();
        Map<String, String> block = new LinkedHashMap<>();
        String name = "";
        boolean fenced = false;
        for (String line : Files.readAllLines(Conformance.require("hpke-rfc9180/test-vectors-x25519.md"))) {
            if (line.startsWith("~~~")) {
                fenced = !fenced;
            }
            if (!fenced || line.isBlank() || line.startsWith("~~~")) {
                if (!block.isEmpty()) {
                    blocks.add(block);
                    block = new LinkedHashMap<>();
                }
            } else if (line.contains(":")) {
                name = line.substring(0, line.indexOf(':'));
                block.put(name, line.substring(name.length() + 1).strip());
            } else {
                block.merge(name, line.strip(), String::concat);
            }
        }
        return blocks;
    }

    private static byte[] bytes(Map<String, String> block, String name) {
        return HexFormat.of().parseHex(block.get(name));
    }
}
