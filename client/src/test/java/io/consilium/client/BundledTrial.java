package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.client.trial.TrialBundle;
import io.consilium.client.trial.TrialVerifier;
import io.consilium.client.trial.VerifiedTrial;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.Verifier;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.proof.CertifiedHeader;
import io.consilium.ledger.proof.MerklePath;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.state.NodeKey;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.state.StateTree;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.ledger.trials.TrialIds;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Noop;
import io.consilium.proto.ReceiptStatus;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialAmend;
import io.consilium.proto.TrialConsent;
import io.consilium.proto.TrialCorrect;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialDataVersion;
import io.consilium.proto.TrialDatasetEntry;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialDecide;
import io.consilium.proto.TrialDecision;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialMark;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialPublication;
import io.consilium.proto.TrialPublish;
import io.consilium.proto.TrialReason;
import io.consilium.proto.TrialRegister;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialRelease;
import io.consilium.proto.TrialReleased;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.TrialSubmit;
import io.consilium.proto.TrialVersion;
import io.consilium.proto.TrialVersionState;
import io.consilium.proto.WithdrawalRule;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A trial in a chain made in memory, its bundle, honest or not, and what becomes of it when it is verified. */
final class BundledTrial {
    private static final SecureRandom RANDOM = new SecureRandom();
    static final ByteString TRIAL =
            ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    static final String SPONSOR = "b-clinic/researcher";
    private static final String CHAIR = "c-clinic/chair";
    static final TrialReason REASON = TrialReason.newBuilder()
            .setSealedText(ByteString.copyFrom(new byte[32]))
            .addKeys(SealedFor.newBuilder()
                    .setRecipient(SPONSOR)
                    .setRecipientKey(ByteString.copyFrom(new byte[32]))
                    .setEnvelope(ByteString.copyFrom(new byte[64])))
            .build();
    static final TrialOutcome PAIN = outcome("Pain", true);
    private static final TrialOutcome SLEEP = outcome("Sleep", false);

    static final ByteString DATASET = ByteString.copyFrom(new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
    static final String PENDING = "pending-on-study";
    static final ByteString FIRST = ByteString.copyFromUtf8("the first person");
    static final ByteString SECOND = ByteString.copyFromUtf8("the other person");
    static final ByteString THIRD = ByteString.copyFromUtf8("the third person");
    private static final String SITE = "a-clinic/doctor";
    static final TrialDataContent SUBMITTED = content(12);
    static final TrialDataContent CORRECTED = content(13);

    final TrialDatasetState.Builder dataset =
            TrialDatasetState.newBuilder().setId(DATASET).setTrialId(TRIAL).setName("ADSL");
    private final Map<String, KeyPair> keys = new HashMap<>();
    private final Map<String, Boolean> verified = new HashMap<>();
    private final List<byte[]> receipts = new ArrayList<>();
    private final Map<ByteString, Long> changesOf = new HashMap<>();
    final SortedMap<StateKey, Optional<byte[]>> objects = new TreeMap<>();
    private final TrialState.Builder trial = TrialState.newBuilder();
    TestChain chain;
    private int steps;

    static TrialOutcome outcome(String name, boolean primary) {
        return TrialOutcome.newBuilder()
                .setName(name)
                .setMeasure("score")
                .setTimePoint("week 12")
                .setPrimary(primary)
                .build();
    }

    private static TrialRegistration registration(String title, TrialOutcome... outcomes) {
        return TrialRegistration.newBuilder()
                .setTitle(title)
                .setSponsor("b-clinic")
                .setEthicsCommittee("c-clinic")
                .setPublicContact("b-clinic")
                .setScientificContact("b-clinic")
                .addSites("a-clinic")
                .setSampleSize(10)
                .setProtocolVersion("1.0")
                .setIcfVersion("1.0")
                .setProtocolHash(ByteString.copyFrom(new byte[Hash.LENGTH]))
                .setAnonymityThreshold(11)
                .setWithdrawalRule(WithdrawalRule.KEEP_EARLIER_DATA)
                .addAllOutcomes(Arrays.asList(outcomes))
                .build();
    }

    /** A trial as the ledger would keep it: registered, approved, amended, enrolled, locked, released, published with a swap. */
    BundledTrial() throws Exception {
        chain = TestChain.create();
        trial.setId(TRIAL).setSponsor("b-clinic").setEthicsCommittee("c-clinic");
        version(1, registration("First", PAIN));
        approve(1);
        version(2, registration("Second", PAIN, SLEEP));
        approve(2);
        dataset(SUBMITTED, 0);
        dataset(CORRECTED, 1);
        subject(FIRST, PENDING, "1.0");
        subject(SECOND, PENDING, "1.0", "2.0");
        ByteString locked = step(
                SPONSOR,
                action -> action.setMark(TrialMark.newBuilder()
                        .setMilestone(TrialMilestone.DATABASE_LOCKED)
                        .setReason(REASON)));
        trial.addEvents(event(locked).setMilestone(TrialMilestone.DATABASE_LOCKED));
        TrialRelease release = TrialRelease.newBuilder()
                .setReleaseId(TRIAL)
                .setDatasetId(TRIAL)
                .setDatasetVersion(1)
                .addQuasiIdentifiers("SEX")
                .setContentHash(ByteString.copyFrom(new byte[Hash.LENGTH]))
                .setRequestedBy(SPONSOR)
                .build();
        ByteString released = step("b-clinic", action -> action.setRelease(release));
        trial.addReleases(TrialReleased.newBuilder()
                .setRelease(release)
                .setTimeMillis(now())
                .setTxId(released));
        publish(TrialResult.newBuilder().setOutcome(outcome("Pain", false)).build());
    }

    private void approve(int version) throws Exception {
        TrialDecide decide = TrialDecide.newBuilder()
                .setApprove(true)
                .setProtocolVersion("1.0")
                .setIcfVersion("1.0")
                .setUntilMillis(TestChain.TIME * 2)
                .setContentHash(trial.getVersions(version - 1).getContentHash())
                .build();
        ByteString decided = step(CHAIR, action -> action.setDecide(decide));
        trial.addDecisions(TrialDecision.newBuilder()
                .setApproved(true)
                .setTrialVersion(version)
                .setProtocolVersion("1.0")
                .setIcfVersion("1.0")
                .setUntilMillis(TestChain.TIME * 2)
                .setReviewer(CHAIR)
                .setTimeMillis(now())
                .setTxId(decided));
    }

    private static TrialDataContent content(int rows) {
        ByteString hash = ByteString.copyFrom(new byte[Hash.LENGTH]);
        return TrialDataContent.newBuilder()
                .setCommitment(hash)
                .setCiphertextHash(hash)
                .setCiphertextSize(100)
                .addDataKey(REASON.getKeys(0))
                .setRows(rows)
                .setShape(hash)
                .build();
    }

    /** Enrolled on the first form, with a consent renewed on each further one; every status but the first is a change. */
    void subject(ByteString pseudonym, String status, String... forms) {
        long changes = forms.length - 1 + (status.equals(PENDING) ? 0 : 1);
        StateKey key = StateKeys.trialSubject(pseudonym);
        TrialSubjectState.Builder subject = TrialSubjectState.newBuilder()
                .setPseudonym(pseudonym)
                .setTrialId(TRIAL)
                .setVersion(1 + changes)
                .setSite("a-clinic")
                .setStatus(status)
                .setChangedMillis(now());
        for (String form : forms) {
            subject.addConsents(TrialConsent.newBuilder().setIcfVersion(form).setClinician(SITE));
        }
        trial.setSubjectChanges(trial.getSubjectChanges() + changes - changesOf.getOrDefault(pseudonym, 0L));
        changesOf.put(pseudonym, changes);
        objects.put(key, Optional.of(subject.build().toByteArray()));
        trial.setEnrolled(changesOf.size());
    }

    /** Places of the documents that every bundle has: of versions and results. */
    List<Integer> registry() {
        return objects.keySet().stream()
                .filter(key -> !key.toString().startsWith(StateKeys.TRIAL_DATASET)
                        && !key.toString().startsWith(StateKeys.TRIAL_SUBJECT))
                .map(this::place)
                .toList();
    }

    /** What proves an object as of now. */
    ByteString proof(TrialBundle bundle, StateKey key) {
        return bundle.documents().get(place(key));
    }

    int place(StateKey key) {
        return List.copyOf(objects.keySet()).indexOf(key);
    }

    private void dataset(TrialDataContent content, int predecessor) throws Exception {
        ByteString txId = step(SITE, action -> {
            if (predecessor == 0) {
                action.setSubmit(TrialSubmit.newBuilder()
                        .setDatasetId(DATASET)
                        .setName("ADSL")
                        .setContent(content));
            } else {
                action.setCorrect(TrialCorrect.newBuilder()
                        .setDatasetId(DATASET)
                        .setPredecessor(predecessor)
                        .setContent(content)
                        .setReason(REASON));
            }
        });
        dataset.addVersions(TrialDataVersion.newBuilder()
                .setVersion(predecessor + 1)
                .setContent(content)
                .setAuthor(SITE)
                .setTimeMillis(now())
                .setTxId(txId));
        trial.clearDatasets()
                .addDatasets(TrialDatasetEntry.newBuilder()
                        .setId(DATASET)
                        .setVersions(predecessor + 1)
                        .setSubmittedMillis(dataset.getVersions(0).getTimeMillis()));
        objects.put(StateKeys.trialDataset(DATASET), Optional.of(dataset.build().toByteArray()));
    }

    /** A block with nothing of the trial in it. */
    void later() {
        steps++;
    }

    long now() {
        return TestChain.TIME + steps * 1_000L;
    }

    private void version(long number, TrialRegistration registration) throws Exception {
        ByteString document = TrialIds.versionDocument(TRIAL, number);
        ByteString txId = step(SPONSOR, action -> {
            if (number == 1) {
                action.setRegister(TrialRegister.newBuilder().setRegistration(registration));
            } else {
                action.setAmend(TrialAmend.newBuilder()
                        .setRegistration(registration)
                        .setPredecessor(number - 1)
                        .setReason(REASON));
            }
        });
        trial.addVersions(TrialVersion.newBuilder()
                .setNumber(number)
                .setDocumentId(document)
                .setContentHash(TrialIds.contentHash(registration))
                .setProtocolVersion("1.0")
                .setIcfVersion("1.0")
                .setAuthor(SPONSOR)
                .setTimeMillis(now())
                .setTxId(txId));
        objects.put(
                StateKeys.trialVersion(document),
                Optional.of(TrialVersionState.newBuilder()
                        .setTrialId(TRIAL)
                        .setVersion(number)
                        .setRegistration(registration)
                        .build()
                        .toByteArray()));
    }

    private void publish(TrialResult result) throws Exception {
        ByteString document = TrialIds.resultsDocument(TRIAL, 1);
        ByteString txId = step(
                SPONSOR, action -> action.setPublish(TrialPublish.newBuilder().addResults(result)));
        trial.addEvents(event(txId).setPublication(TrialPublication.newBuilder().setDocumentId(document)));
        objects.put(StateKeys.trialResults(document), Optional.of(results(result)));
    }

    static byte[] results(TrialResult result) {
        return TrialResultsState.newBuilder()
                .setTrialId(TRIAL)
                .setVersion(1)
                .addResults(result)
                .build()
                .toByteArray();
    }

    TrialEvent.Builder event(ByteString txId) {
        return TrialEvent.newBuilder().setActor(SPONSOR).setTimeMillis(now()).setTxId(txId);
    }

    private ByteString step(String actor, Consumer<TrialAction.Builder> content) throws Exception {
        return step(TRIAL, actor, ReceiptStatus.APPLIED, content);
    }

    /** A block of its own with the action between two others; the proof of its receipt. */
    ByteString step(ByteString id, String actor, ReceiptStatus status, Consumer<TrialAction.Builder> content)
            throws Exception {
        steps++;
        TrialAction.Builder action = TrialAction.newBuilder().setTrialId(id);
        content.accept(action);
        Identity identity = new Identity(
                actor,
                keys.computeIfAbsent(actor, name -> KeyPair.generate(RANDOM)).signer(),
                Optional.empty());
        byte[] transaction = TransactionBuilder.of(chain.genesis.chainId(), identity)
                .signed(now() + 60_000, body -> body.setTrial(action));
        byte[] other = chain.signed(body -> body.setNoop(Noop.getDefaultInstance()));
        byte[] receipt = receipt(transaction, status);
        List<Hash> transactions = List.of(MerkleTree.leafHash(other), MerkleTree.leafHash(transaction));
        List<Hash> outcomes =
                List.of(MerkleTree.leafHash(receipt(other, ReceiptStatus.APPLIED)), MerkleTree.leafHash(receipt));
        CertifiedHeader header = certified(MerkleTree.root(transactions), MerkleTree.root(outcomes), Hash.ZERO);
        receipts.add(new ReceiptProof(
                        transaction,
                        MerklePath.of(MerkleTree.proof(transactions, 1)),
                        receipt,
                        MerklePath.of(MerkleTree.proof(outcomes, 1)),
                        header)
                .encode());
        return ByteString.copyFrom(ParsedTransaction.parse(transaction).txId().toBytes());
    }

    private byte[] receipt(byte[] transaction, ReceiptStatus status) throws Exception {
        return TransactionReceipt.newBuilder()
                .setTxId(ByteString.copyFrom(
                        ParsedTransaction.parse(transaction).txId().toBytes()))
                .setHeight(1)
                .setStatus(status)
                .setCode(status == ReceiptStatus.APPLIED ? "OK" : "TRIAL_LOCKED")
                .build()
                .toByteArray();
    }

    private CertifiedHeader certified(Hash transactions, Hash outcomes, Hash state) {
        BlockHeader header = new BlockHeader(
                BlockHeader.VERSION,
                chain.genesis.chainId(),
                1,
                chain.genesis.chainId(),
                Optional.empty(),
                transactions,
                state,
                outcomes,
                chain.set().hash(),
                chain.set().hash(),
                now(),
                0);
        return new CertifiedHeader(header, chain.certificate(header, chain.set(), chain.validatorKeys), List.of());
    }

    TrialBundle bundle() {
        return bundle(state -> state);
    }

    /** What the validators certified as the trial's state, honest or not, with everything that shall prove it. */
    TrialBundle bundle(UnaryOperator<TrialState.Builder> forged) {
        SortedMap<StateKey, Optional<byte[]>> all = new TreeMap<>(objects);
        all.put(
                StateKeys.trial(TRIAL),
                Optional.of(forged.apply(trial.clone()).build().toByteArray()));
        Map<NodeKey, byte[]> nodes = new HashMap<>();
        TreeUpdate update =
                StateTree.update(key -> Optional.ofNullable(nodes.get(key)), 0, StateTree.EMPTY_ROOT, 1, all);
        nodes.putAll(update.newNodes());
        CertifiedHeader header = certified(Hash.ZERO, Hash.ZERO, update.root());
        Map<StateKey, ByteString> proofs = new TreeMap<>();
        for (StateKey key : all.keySet()) {
            proofs.put(
                    key,
                    ByteString.copyFrom(new StateValueProof(
                                    StateTree.prove(
                                            node -> Optional.ofNullable(nodes.get(node)), 1, update.root(), key),
                                    header)
                            .encode()));
        }
        ByteString proven =
                Optional.ofNullable(proofs.remove(StateKeys.trial(TRIAL))).orElseThrow();
        return new TrialBundle(
                proven,
                List.copyOf(proofs.values()),
                receipts.stream().map(ByteString::copyFrom).toList());
    }

    VerifiedTrial verify(TrialBundle bundle) throws ClientException {
        Verifier real = new Ed25519Verifier();
        // Thousands of bundles differ in one byte each: what was verified once need not be verified again.
        Verifier remembering = (key, message, signature) -> verified.computeIfAbsent(
                HexFormat.of().formatHex(key.bytes())
                        + Hash.sha256(message).hex()
                        + HexFormat.of().formatHex(signature),
                unseen -> real.verify(key, message, signature));
        return new TrialVerifier(new ReceiptVerifier(chain.genesis.trustRoot(), remembering)).verify(bundle);
    }

    void refused(TrialBundle bundle, String because) {
        assertThatThrownBy(() -> verify(bundle))
                .isInstanceOf(VerificationFailed.class)
                .hasMessageContaining(because);
    }

    static List<ByteString> with(List<ByteString> parts, int index, ByteString changed) {
        List<ByteString> next = new ArrayList<>(parts);
        next.set(index, changed);
        return next;
    }
}
