package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.client.trial.TrialBundle;
import io.consilium.client.trial.TrialRecord;
import io.consilium.client.trial.TrialVerifier;
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
import io.consilium.ledger.trials.OutcomeClassification.Change;
import io.consilium.ledger.trials.TrialIds;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Noop;
import io.consilium.proto.ReceiptStatus;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialAmend;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TRI-6 a trial's bundle is verified from the genesis alone, and nothing in it can be altered")
class TrialVerifierTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ByteString TRIAL =
            ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    private static final String SPONSOR = "b-clinic/researcher";
    private static final String CHAIR = "c-clinic/chair";
    private static final TrialReason REASON = TrialReason.newBuilder()
            .setSealedText(ByteString.copyFrom(new byte[32]))
            .addKeys(SealedFor.newBuilder()
                    .setRecipient(SPONSOR)
                    .setRecipientKey(ByteString.copyFrom(new byte[32]))
                    .setEnvelope(ByteString.copyFrom(new byte[64])))
            .build();
    private static final TrialOutcome PAIN = outcome("Pain", true);
    private static final TrialOutcome SLEEP = outcome("Sleep", false);

    private static final ByteString DATASET =
            ByteString.copyFrom(new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
    private static final String SITE = "a-clinic/doctor";
    private static final TrialDataContent SUBMITTED = content(12);
    private static final TrialDataContent CORRECTED = content(13);

    private final TrialDatasetState.Builder dataset =
            TrialDatasetState.newBuilder().setId(DATASET).setTrialId(TRIAL).setName("ADSL");
    private final Map<String, KeyPair> keys = new HashMap<>();
    private final Map<String, Boolean> verified = new HashMap<>();
    private final List<byte[]> receipts = new ArrayList<>();
    private final SortedMap<StateKey, Optional<byte[]>> objects = new TreeMap<>();
    private final TrialState.Builder trial = TrialState.newBuilder();
    private TestChain chain;
    private int steps;

    private static TrialOutcome outcome(String name, boolean primary) {
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

    /** A trial as the ledger would keep it: registered, approved, amended, locked, released, published with a swap. */
    @BeforeEach
    void tell() throws Exception {
        chain = TestChain.create();
        trial.setId(TRIAL).setSponsor("b-clinic").setEthicsCommittee("c-clinic");
        version(1, registration("First", PAIN));
        approve(1);
        version(2, registration("Second", PAIN, SLEEP));
        approve(2);
        dataset(SUBMITTED, 0);
        dataset(CORRECTED, 1);
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

    private long now() {
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

    private static byte[] results(TrialResult result) {
        return TrialResultsState.newBuilder()
                .setTrialId(TRIAL)
                .setVersion(1)
                .addResults(result)
                .build()
                .toByteArray();
    }

    private TrialEvent.Builder event(ByteString txId) {
        return TrialEvent.newBuilder().setActor(SPONSOR).setTimeMillis(now()).setTxId(txId);
    }

    private ByteString step(String actor, Consumer<TrialAction.Builder> content) throws Exception {
        return step(TRIAL, actor, ReceiptStatus.APPLIED, content);
    }

    /** A block of its own with the action between two others; the proof of its receipt. */
    private ByteString step(ByteString id, String actor, ReceiptStatus status, Consumer<TrialAction.Builder> content)
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

    private TrialBundle bundle() {
        return bundle(state -> state);
    }

    /** What the validators certified as the trial's state, honest or not, with everything that shall prove it. */
    private TrialBundle bundle(UnaryOperator<TrialState.Builder> forged) {
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

    private TrialRecord verify(TrialBundle bundle) throws ClientException {
        Verifier real = new Ed25519Verifier();
        // Thousands of bundles differ in one byte each: what was verified once need not be verified again.
        Verifier remembering = (key, message, signature) -> verified.computeIfAbsent(
                HexFormat.of().formatHex(key.bytes())
                        + Hash.sha256(message).hex()
                        + HexFormat.of().formatHex(signature),
                unseen -> real.verify(key, message, signature));
        return new TrialVerifier(new ReceiptVerifier(chain.genesis.trustRoot(), remembering)).verify(bundle);
    }

    private void refused(TrialBundle bundle, String because) {
        assertThatThrownBy(() -> verify(bundle))
                .isInstanceOf(VerificationFailed.class)
                .hasMessageContaining(because);
    }

    @Test
    void whatHoldsIsVerifiedAndClassified() throws Exception {
        TrialRecord record = verify(TrialBundle.decode(bundle().encode()));
        assertThat(record.versions()).extracting(TrialRegistration::getTitle).containsExactly("First", "Second");
        assertThat(record.publications()).hasSize(1);
        assertThat(record.timeMillis()).isEqualTo(now());
        assertThat(record.reports().get(0).outcomes())
                .extracting(outcome -> outcome.name() + " " + outcome.classification())
                .containsExactlyInAnyOrder("Pain " + Change.SWITCHED, "Sleep " + Change.MISSING);
    }

    @Test
    @DisplayName("TRI-6 any one byte of any part changed is refused")
    void everyByte() {
        TrialBundle honest = bundle();
        int refused =
                everyByte(honest.trial(), changed -> new TrialBundle(changed, honest.documents(), honest.receipts()));
        for (int i = 0; i < honest.documents().size(); i++) {
            int part = i;
            refused += everyByte(
                    honest.documents().get(i),
                    changed -> new TrialBundle(
                            honest.trial(), with(honest.documents(), part, changed), honest.receipts()));
        }
        for (int i = 0; i < honest.receipts().size(); i++) {
            int part = i;
            refused += everyByte(
                    honest.receipts().get(i),
                    changed -> new TrialBundle(
                            honest.trial(), honest.documents(), with(honest.receipts(), part, changed)));
        }
        assertThat(refused).isGreaterThan(4_000);
    }

    private int everyByte(ByteString part, java.util.function.Function<ByteString, TrialBundle> bundled) {
        for (int at = 0; at < part.size(); at++) {
            byte[] bytes = part.toByteArray();
            bytes[at] ^= (byte) (1 << at % 8);
            TrialBundle changed = bundled.apply(ByteString.copyFrom(bytes));
            assertThatThrownBy(() -> verify(changed)).as("byte %d", at).isInstanceOf(ClientException.class);
        }
        return part.size();
    }

    private static List<ByteString> with(List<ByteString> parts, int index, ByteString changed) {
        List<ByteString> next = new ArrayList<>(parts);
        next.set(index, changed);
        return next;
    }

    @Test
    @DisplayName("TRI-6 a file that is spelled otherwise is refused, one byte of it changed too")
    void everyCharacterOfTheFile() throws Exception {
        byte[] file = bundle().encode();
        for (int at = 0; at < file.length; at += 13) {
            byte[] changed = file.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> verify(TrialBundle.decode(changed)))
                    .as("byte %d", at)
                    .isInstanceOf(ClientException.class);
        }
        assertThatThrownBy(() -> TrialBundle.decode(new byte[0])).isInstanceOf(VerificationFailed.class);
    }

    @Test
    @DisplayName("TRI-6 nothing can be left out or put in")
    void completeness() {
        TrialBundle honest = bundle();
        for (int i = 0; i < honest.receipts().size(); i++) {
            List<ByteString> fewer = new ArrayList<>(honest.receipts());
            fewer.remove(i);
            refused(new TrialBundle(honest.trial(), honest.documents(), fewer), "the receipt of a step is missing");
        }
        int dataset = new ArrayList<>(new TreeMap<>(objects).keySet()).indexOf(StateKeys.trialDataset(DATASET));
        for (int i = 0; i < honest.documents().size(); i++) {
            if (i == dataset) {
                continue; // see withoutDatasets
            }
            List<ByteString> fewer = new ArrayList<>(honest.documents());
            fewer.remove(i);
            refused(
                    new TrialBundle(honest.trial(), fewer, honest.receipts()),
                    "a document that the trial names is missing");
        }
        List<ByteString> more = new ArrayList<>(honest.documents());
        more.add(honest.trial());
        refused(
                new TrialBundle(honest.trial(), more, honest.receipts()),
                "it holds documents that the trial does not name");
        refused(
                new TrialBundle(honest.documents().get(0), honest.documents(), honest.receipts()),
                "The trial's bundle does not hold");
    }

    @Test
    @DisplayName("TRI-6 what the state says of a step must be what was signed")
    void stateAgainstTransactions() {
        refused(
                bundle(state ->
                        state.setDecisions(0, state.getDecisions(0).toBuilder().setApproved(false))),
                "a decision is not what its transaction says");
        refused(
                bundle(state ->
                        state.setDecisions(0, state.getDecisions(0).toBuilder().setUntilMillis(1))),
                "a decision is not what its transaction says");
        refused(
                bundle(state ->
                        state.setDecisions(0, state.getDecisions(0).toBuilder().setReviewer(SPONSOR))),
                "a step was signed by somebody else");
        refused(bundle(state -> state.setEthicsCommittee("d-clinic")), "a decision is not what its transaction says");
        refused(
                bundle(state ->
                        state.setVersions(0, state.getVersions(0).toBuilder().setTimeMillis(TestChain.TIME))),
                "a step happened at another time");
        refused(
                bundle(state -> state.setVersions(
                        1,
                        state.getVersions(1).toBuilder()
                                .setContentHash(state.getVersions(0).getContentHash()))),
                "a version has another content");
        refused(
                bundle(state ->
                        state.setEvents(0, state.getEvents(0).toBuilder().setMilestone(TrialMilestone.UNBLINDED))),
                "a milestone is not what was signed");
        refused(
                bundle(state -> state.setReleases(
                        0, state.getReleases(0).toBuilder().setRelease(TrialRelease.getDefaultInstance()))),
                "a release was altered");
        refused(bundle(TrialState.Builder::clearVersions), "its state names no version");
    }

    @Test
    @DisplayName("TRI-5 TRI-6 every version of every dataset must be what was submitted or corrected, in this trial")
    void datasetsAgainstTransactions() {
        for (UnaryOperator<TrialDatasetState.Builder> forged : List.<UnaryOperator<TrialDatasetState.Builder>>of(
                state -> state.setName("DM"),
                state -> state.setPseudonym(TRIAL),
                state -> state.removeVersions(0),
                state -> state.setVersions(0, state.getVersions(0).toBuilder().setContent(CORRECTED)),
                state -> state.setVersions(1, state.getVersions(1).toBuilder().setContent(SUBMITTED)),
                state -> state.setVersions(1, state.getVersions(1).toBuilder().setVersion(1)))) {
            objects.put(
                    StateKeys.trialDataset(DATASET),
                    Optional.of(forged.apply(dataset.clone()).build().toByteArray()));
            refused(bundle(), "a dataset's version is not what its transaction says");
        }
        objects.put(
                StateKeys.trialDataset(DATASET),
                Optional.of(dataset.clone().setTrialId(DATASET).build().toByteArray()));
        refused(bundle(), "a dataset is of another trial");
        objects.put(
                StateKeys.trialDataset(DATASET),
                Optional.of(dataset.clone()
                        .setVersions(0, dataset.getVersions(0).toBuilder().setAuthor(SPONSOR))
                        .build()
                        .toByteArray()));
        refused(bundle(), "a step was signed by somebody else");
    }

    @Test
    @DisplayName("TRI-5 TRI-6 a dataset that is proven as it was before its corrections is refused")
    void olderDatasetProof() {
        StateKey key = StateKeys.trialDataset(DATASET);
        TrialBundle now = bundle();
        objects.put(key, Optional.of(dataset.clone().removeVersions(1).build().toByteArray()));
        int place = new ArrayList<>(new TreeMap<>(objects).keySet()).indexOf(key);
        ByteString older = bundle().documents().get(place);
        refused(
                new TrialBundle(now.trial(), with(now.documents(), place, older), now.receipts()),
                "a dataset has another number of versions than the trial says");
    }

    @Test
    @DisplayName("TRI-6 results and versions must be what was signed, in this trial, and applied")
    void documentsAgainstTransactions() throws Exception {
        StateKey published = StateKeys.trialResults(TrialIds.resultsDocument(TRIAL, 1));
        byte[] honest = objects.get(published).orElseThrow();
        objects.put(
                published,
                Optional.of(results(TrialResult.newBuilder().setOutcome(PAIN).build())));
        refused(bundle(), "results are not what was published");
        objects.put(published, Optional.of(honest));

        ByteString foreign = step(
                ByteString.copyFrom(new byte[16]),
                SPONSOR,
                ReceiptStatus.APPLIED,
                action -> action.setMark(TrialMark.newBuilder()
                        .setMilestone(TrialMilestone.UNBLINDED)
                        .setReason(REASON)));
        refused(
                bundle(state -> state.addEvents(event(foreign).setMilestone(TrialMilestone.UNBLINDED))),
                "a step is of another trial");
        ByteString never = step(
                TRIAL,
                SPONSOR,
                ReceiptStatus.REFUSED,
                action -> action.setMark(TrialMark.newBuilder()
                        .setMilestone(TrialMilestone.UNBLINDED)
                        .setReason(REASON)));
        refused(
                bundle(state -> state.addEvents(event(never).setMilestone(TrialMilestone.UNBLINDED))),
                "a step was refused by the chain");
    }

    @Test
    @DisplayName("TRI-6 a bundle of another chain is told as such")
    void anotherChain() throws Exception {
        TrialBundle bundle = bundle();
        chain = TestChain.create();
        assertThatThrownBy(() -> verify(bundle))
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.code())
                        .isEqualTo("WRONG_GENESIS"));
    }

    @Test
    @DisplayName(
            "TRI-6 a bundle of somebody whom datasets are not shown to holds for the rest; one without some does not")
    void withoutDatasets() throws Exception {
        TrialBundle whole = bundle();
        int place = new ArrayList<>(new TreeMap<>(objects).keySet()).indexOf(StateKeys.trialDataset(DATASET));
        List<ByteString> registry = new ArrayList<>(whole.documents());
        registry.remove(place);
        TrialRecord record = verify(new TrialBundle(whole.trial(), registry, whole.receipts()));
        assertThat(record.reports()).hasSize(1);
        assertThat(record.state().getDatasetsCount()).isEqualTo(1);
        registry.remove(0);
        refused(new TrialBundle(whole.trial(), registry, whole.receipts()), "missing");
        refused(
                bundle(state ->
                        state.setDatasets(0, state.getDatasets(0).toBuilder().setSubmittedMillis(7))),
                "began at another time");
        refused(
                bundle(state -> state.addDatasets(
                        TrialDatasetEntry.newBuilder().setId(TRIAL).setVersions(1))),
                "missing");
    }
}
