package io.consilium.node.provenance;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.HpkeEnvelope;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.X25519;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.BackgroundWork;
import io.consilium.node.CommittedBlock;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.node.vault.Freshness;
import io.consilium.node.vault.InstitutionTransactions;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugKeyGrant;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugRequestStatus;
import io.consilium.storage.IndexPage;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers, on one thread of its own, those who ask its institution for a blinding key (DRU-9). The ledger lets only
 * authorised trading partners ask; what they ask about is sealed to the institution, and the key is sealed to them.
 */
public final class KeyGrants implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyGrants.class);
    private static final long RETRY_SECONDS = 5;
    private static final int PAGE = 256;
    private static final int A_TURN = 64;

    private final NodeGateway node;
    private final X25519KeyPair institution;
    private final InstitutionTransactions transactions;
    private final SecureRandom random;
    private final BackgroundWork thread;
    private final BackgroundWork.Kind granting;

    /** Everything up to this key is answered. */
    private Optional<byte[]> done = Optional.empty();

    private KeyGrants(
            NodeGateway node, X25519KeyPair institution, InstitutionTransactions transactions, SecureRandom random) {
        this.node = node;
        this.institution = institution;
        this.transactions = transactions;
        this.random = random;
        this.thread = node.background("key-grants");
        this.granting = thread.kind("granting keys", this::turn);
    }

    public static KeyGrants start(
            NodeGateway node, X25519KeyPair institution, InstitutionTransactions transactions, SecureRandom random) {
        KeyGrants grants = new KeyGrants(node, institution, transactions, random);
        node.onCommitted(grants::committed);
        grants.granting.every(0, RETRY_SECONDS);
        return grants;
    }

    private void committed(CommittedBlock block) {
        boolean asked = block.events().stream()
                .anyMatch(event -> event.type().equals(EventType.DRUG_KEY_REQUESTED.text())
                        && event.parties().contains(node.institution()));
        if (asked) {
            granting.soon();
        }
    }

    private void turn() {
        try {
            if (!Freshness.isFresh(node.status())) {
                return;
            }
            for (DrugKeyGrant grant : due()) {
                transactions
                        .commit(body -> body.setDrug(DrugAction.newBuilder().setKeyGrant(grant)))
                        .join();
            }
        } catch (CompletionException later) {
            LOG.warn(
                    "a key is not granted yet cause={}",
                    later.getCause() instanceof ProblemException refused
                            ? refused.problem().code()
                            : String.valueOf(later.getCause()));
        }
    }

    /** What is to be answered now; the view is closed before anything is waited for. */
    private List<DrugKeyGrant> due() {
        List<DrugKeyGrant> due = new ArrayList<>();
        try (StateView view = StateView.open(node)) {
            Optional<byte[]> root = new CompanyRoot(node.institution(), institution).open(view.state());
            if (root.isEmpty()) {
                return due;
            }
            byte[] prefix = LedgerIndexes.prefix(node.institution());
            Optional<byte[]> after = done;
            while (due.size() < A_TURN) {
                IndexPage page = view.chain().scan(LedgerIndexes.OWNER_KEY_REQUESTS, prefix, after, PAGE, false);
                for (IndexPage.Item item : page.items()) {
                    DrugKeyState request = view.state()
                            .read(DrugKeys.request(LedgerIndexes.idAt(item.key())), DrugKeyState.parser())
                            .orElseThrow();
                    boolean open = request.getStatus() == DrugRequestStatus.DRUG_REQUESTED;
                    if (open && due.size() < A_TURN) {
                        due.add(grant(view, root.get(), request));
                    }
                    done = due.isEmpty() && !open ? Optional.of(item.key()) : done;
                    after = Optional.of(item.key());
                }
                if (page.nextAfterKey().isEmpty()) {
                    break;
                }
            }
            Arrays.fill(root.get(), (byte) 0);
        }
        return due;
    }

    private DrugKeyGrant grant(StateView view, byte[] root, DrugKeyState request) {
        DrugKeyGrant.Builder grant = DrugKeyGrant.newBuilder().setRequestId(request.getRequestId());
        Optional<byte[]> key = key(view, root, request);
        byte[] recipient = request.getRequesterKey().toByteArray();
        if (key.isPresent() && X25519.isUsable(recipient)) {
            byte[] envelope = KeyEnvelope.seal(
                    KeyEnvelope.Use.BLINDING_KEY, request.getRequestId().toByteArray(), recipient, key.get(), random);
            grant.setGranted(true).setEnvelope(ByteString.copyFrom(envelope));
        }
        return grant.build();
    }

    private Optional<byte[]> key(StateView view, byte[] root, DrugKeyState request) {
        if (request.getKind() == DrugKeyKind.DRUG_KEY_COMPANY) {
            return Optional.of(root.clone());
        }
        if (request.getKind() == DrugKeyKind.DRUG_KEY_LOGISTICS) {
            return Optional.of(DrugBlinding.logisticsKey(root));
        }
        if (request.getKind() == DrugKeyKind.DRUG_KEY_DETAILS) {
            return Optional.of(DrugBlinding.detailsKey(root, ActorName.institutionOf(request.getRequester())));
        }
        return subject(request).map(gtin -> DrugBlinding.productKey(root, gtin)).filter(key -> view.state()
                .read(DrugKeys.product(DrugBlinding.productId(node.institution(), key)), DrugProductState.parser())
                .isPresent());
    }

    private Optional<String> subject(DrugKeyState request) {
        byte[] privateKey = institution.privateKey();
        try {
            byte[] subject = HpkeEnvelope.open(
                    privateKey,
                    DrugBlinding.subjectInfo(),
                    request.getRequestId().toByteArray(),
                    request.getSealedSubject().toByteArray());
            return Optional.of(new String(subject, StandardCharsets.US_ASCII));
        } catch (CryptoException unreadable) {
            return Optional.empty();
        } finally {
            Arrays.fill(privateKey, (byte) 0);
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.close();
    }
}
