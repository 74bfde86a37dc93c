package io.consilium.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.KeyValue;
import io.consilium.proto.Noop;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.TransactionBody;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Random transactions, built field by field from a small pool of ids, names and words so that most of them are well
 * formed and many meet an object that is there.
 */
@Label("BFT-8 TX-5 execution is total and deterministic")
class TotalityProperties {
    private static final List<ByteString> IDS =
            List.of(TestChain.PATIENT, TestChain.RECORD, TestChain.id("1"), TestChain.id("2"), TestChain.id("3"));
    private static final List<String> ACTORS = List.of(
            "st-mary/admin",
            TestChain.ADAMS,
            TestChain.OFFICER,
            TestChain.BROWN,
            "riverside/admin",
            "helix/researcher",
            "st-mary",
            "riverside",
            TestChain.patientName());
    private static final List<String> WORDS =
            List.of("TREAT", "HRESCH", "BTG", "access", "CLINICIAN", "ADMIN", "NONSENSE", "role:CLINICIAN");
    private static final TestChain CHAIN = new TestChain();
    private static final List<Evidence> FAULTS = faults(new Votes(CHAIN));
    private static final TreeMap<String, Integer> SEEN = new TreeMap<>();

    private static List<Evidence> faults(Votes votes) {
        return List.of(
                votes.twice(VoteType.PREPARE, 1, 1, 0, Votes.block("one"), Votes.block("two")),
                votes.twice(VoteType.COMMIT, 2, 1, 0, Votes.block("one"), Votes.block("one")),
                votes.forgot(3, 1, 1, 2, 0));
    }

    private static Message message(Random random, Message.Builder builder, int depth) {
        for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
            if (field.getContainingOneof() != null) {
                continue;
            }
            if (field.isRepeated()) {
                for (int i = random.nextInt(depth > 3 ? 1 : 3); i > 0; i--) {
                    builder.addRepeatedField(field, value(random, field, builder, depth));
                }
                if (field.getName().equals("sensitivity_labels")) {
                    builder.clearField(field);
                    sortedLabels(5).forEach(label -> builder.addRepeatedField(field, label));
                }
                if (field.getName().equals("labels") && field.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING) {
                    builder.clearField(field);
                    sortedLabels(1 + random.nextInt(3)).forEach(label -> builder.addRepeatedField(field, label));
                }
            } else if (random.nextInt(8) > 0) {
                builder.setField(field, value(random, field, builder, depth));
            }
        }
        return builder.build();
    }

    private static List<ByteString> sortedLabels(int count) {
        List<ByteString> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            labels.add(TestChain.label("label " + i));
        }
        return TestChain.sorted(labels);
    }

    private static Object value(Random random, FieldDescriptor field, Message.Builder parent, int depth) {
        return switch (field.getJavaType()) {
            case MESSAGE ->
                field.getMessageType().getFullName().equals("consilium.v1.KeyValue")
                        ? key(random, field)
                        : message(random, parent.newBuilderForField(field), depth + 1);
            case BYTE_STRING -> bytes(random, field.getName());
            case STRING -> text(random, field.getName());
            case LONG -> number(random, field.getName());
            case INT -> random.nextInt(3) == 0 ? random.nextInt(4) : 1;
            case BOOLEAN -> random.nextBoolean();
            case ENUM -> enumValue(random, field);
            case FLOAT, DOUBLE -> throw new AssertionError("the ledger has no floating point");
        };
    }

    private static KeyValue key(Random random, FieldDescriptor field) {
        String name = "key " + random.nextInt(9);
        return field.getName().equals("encryption_key") ? TestChain.encryptionKey(name) : TestChain.signingKey(name);
    }

    private static ByteString bytes(Random random, String field) {
        if (field.endsWith("_id") || field.equals("record_ids")) {
            return field.equals("patient_id") && random.nextInt(4) > 0
                    ? TestChain.PATIENT
                    : IDS.get(random.nextInt(IDS.size()));
        }
        if (field.equals("labels")) {
            return TestChain.label("label " + random.nextInt(3));
        }
        if (field.equals("recipient_key")) {
            return TestChain.encryptionKey(random.nextInt(6) > 0 ? "st-mary" : "riverside")
                    .getKey();
        }
        if (field.equals("proof")) {
            return ByteString.copyFrom(FAULTS.get(random.nextInt(FAULTS.size())).encode());
        }
        if (field.startsWith("sealed_")) {
            return ByteString.copyFrom(new byte[random.nextInt(40)]);
        }
        if (field.equals("envelope")) {
            return TestChain.hash("a").concat(TestChain.hash("b"));
        }
        return random.nextInt(3) == 0
                ? TestChain.hash("ciphertext")
                : TestChain.encryptionKey("st-mary").getKey();
    }

    private static String text(Random random, String field) {
        return switch (field) {
            case "custodian", "recipient" -> random.nextInt(8) > 0 ? "st-mary" : "riverside";
            case "member" -> random.nextInt(3) > 0 ? ACTORS.get(random.nextInt(6)) : "st-mary/new" + random.nextInt(3);
            case "actors", "authors" ->
                random.nextInt(4) == 0 ? "role:CLINICIAN" : ACTORS.get(random.nextInt(ACTORS.size() - 1));
            case "replicas" -> "helix";
            case "action", "actions" -> random.nextInt(6) == 0 ? "NONSENSE" : "access";
            case "purpose", "purposes" -> WORDS.get(random.nextInt(random.nextInt(4) == 0 ? WORDS.size() : 3));
            case "roles" -> WORDS.get(4 + random.nextInt(3));
            case "object" -> "patient/" + TestChain.patientName();
            default -> WORDS.get(random.nextInt(WORDS.size()));
        };
    }

    private static long number(Random random, String field) {
        if (field.endsWith("_millis")) {
            return random.nextInt(4) == 0 ? TestChain.START + random.nextInt(100_000) : 0;
        }
        return random.nextInt(20) == 0 ? random.nextLong() : random.nextInt(3);
    }

    private static EnumValueDescriptor enumValue(Random random, FieldDescriptor field) {
        List<EnumValueDescriptor> values = field.getEnumType().getValues();
        return values.get(random.nextInt(values.size()));
    }

    private static String entitled(String payload) {
        return switch (payload.substring(0, payload.contains("_") ? payload.indexOf('_') : payload.length())) {
            case "member" -> "st-mary/admin";
            case "consent" -> TestChain.patientName();
            case "disclose", "evidence" -> "st-mary";
            default -> TestChain.ADAMS;
        };
    }

    private static Optional<ParsedTransaction> transaction(Random random, TestChain chain) {
        List<FieldDescriptor> payloads =
                TransactionBody.getDescriptor().getOneofs().get(0).getFields();
        FieldDescriptor payload = payloads.get(random.nextInt(payloads.size()));
        boolean entitled = random.nextInt(3) > 0;
        TransactionBody.Builder body =
                chain.body(entitled ? entitled(payload.getName()) : ACTORS.get(random.nextInt(ACTORS.size())));
        Message content = message(random, DynamicMessage.newBuilder(payload.getMessageType()), 0);
        try {
            body.setField(
                    payload,
                    body.newBuilderForField(payload)
                            .mergeFrom(content.toByteString())
                            .build());
        } catch (InvalidProtocolBufferException impossible) {
            throw new AssertionError(impossible);
        }
        byte[] bytes = SignedTransaction.newBuilder()
                .setBody(body.build().toByteString())
                .addSignatures(ByteString.copyFrom(new byte[64]))
                .build()
                .toByteArray();
        try {
            return Optional.of(Ledger.parse(bytes));
        } catch (MalformedTransaction malformed) {
            assertThat(malformed.rejection().detail()).isNotBlank();
            return Optional.empty();
        }
    }

    @Property(tries = 60)
    void tx5_everyAdmissibleTransactionGetsAReceipt(@ForAll long seed) {
        Random random = new Random(seed);
        TestChain chain = TestChain.withRecord();
        for (int block = 0; block < 12; block++) {
            List<ParsedTransaction> transactions = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                transaction(random, chain).ifPresent(transactions::add);
            }
            chain.height++;
            chain.now += 1_000;
            BlockResult result = execute(chain, transactions);
            BlockResult again = execute(chain, transactions);
            assertThat(again.receipts()).isEqualTo(result.receipts());
            assertThat(again.changes().keySet()).isEqualTo(result.changes().keySet());
            again.changes().forEach((key, value) -> assertThat(value.orElseThrow())
                    .isEqualTo(result.changes().get(key).orElseThrow()));
            assertThat(again.index()).isEqualTo(result.index());
            assertThat(again.events()).isEqualTo(result.events());
            assertThat(result.receipts()).hasSameSizeAs(transactions);
            for (Receipt receipt : result.receipts()) {
                assertThat(receipt.applied() || Refusal.ofCode(receipt.code()).isPresent())
                        .isTrue();
                SEEN.merge(receipt.code(), 1, Integer::sum);
            }
            result.changes().forEach((key, value) -> chain.state.put(key, value.orElseThrow()));
        }
    }

    private static BlockResult execute(TestChain chain, List<ParsedTransaction> transactions) {
        return chain.ledger.execute(
                chain::get,
                new BlockContext(
                        chain.genesis.chainId(), chain.height, chain.now, Hash.ZERO, new byte[] {(byte) chain.height}),
                transactions);
    }

    /** A generator that only meets closed doors would prove nothing. */
    @AfterContainer
    static void manyRulesWereMet() {
        assertThat(SEEN.keySet()).contains("OK", "ACCESS_DENIED", "ROLE_REQUIRED", "PATIENT_EXISTS", "CONSENT_UNKNOWN");
        assertThat(SEEN).hasSizeGreaterThan(20);
        assertThat(SEEN.get("OK")).isGreaterThan(300);
    }

    @Property(tries = 3_000)
    @Label("TX-5 arbitrary bytes are refused, never more")
    void tx5_arbitraryBytesAreRefused(@ForAll byte[] bytes, @ForAll long seed) {
        Random random = new Random(seed);
        byte[] whole = TestChain.sign(
                CHAIN.body(TestChain.ADAMS).setNoop(Noop.getDefaultInstance()).build(), TestChain.key(TestChain.ADAMS));
        byte[] spliced = Arrays.copyOf(whole, whole.length);
        int at = random.nextInt(whole.length);
        System.arraycopy(bytes, 0, spliced, at, Math.min(bytes.length, whole.length - at));
        for (byte[] input : List.of(bytes, spliced)) {
            try {
                Ledger.parse(input);
            } catch (MalformedTransaction malformed) {
                assertThat(malformed.rejection().rule()).startsWith("TX-");
            }
        }
    }
}
