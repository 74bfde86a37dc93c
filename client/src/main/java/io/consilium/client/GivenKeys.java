package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.X25519;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugKeyGrant;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.MemberState;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/** Keys that an owner's people give unasked, as they do where no node of theirs would grant them (DRU-9). */
final class GivenKeys {
    /** As many products as an owner gives a member keys of unasked. */
    private static final int MAX_GIVEN = 1_024;

    private final Identity identity;
    private final BlindingKeys.Actions actions;
    private final BlindingKeys.Products products;
    private final KeyRequests requests;
    private final SecureRandom random = new SecureRandom();

    GivenKeys(Identity identity, BlindingKeys.Actions actions, BlindingKeys.Products products, KeyRequests requests) {
        this.identity = identity;
        this.actions = actions;
        this.products = products;
        this.requests = requests;
    }

    /** Gives a key of which the company has one alone for a member; who has it keeps it. */
    void givePlain(DrugKeyKind kind, String company, List<MemberState> receivers, byte[] key) throws ClientException {
        for (MemberState receiver : receivers) {
            ByteString recipient = Keys.encryptionKey(receiver);
            ByteString id = DrugBlinding.plainRequestId(kind, company, receiver.getId(), recipient);
            if (requests.read(id).filter(KeyRequests::isGranted).isEmpty()) {
                boolean details = kind == DrugKeyKind.DRUG_KEY_DETAILS;
                give(receiver, key, DrugKeyGrant.newBuilder().setRequestId(id).setGivenDetails(details));
            }
        }
    }

    /** Gives the key of a product of the company; who has it keeps it. */
    void giveProduct(String company, byte[] root, String gtin, List<MemberState> receivers) throws ClientException {
        byte[] key = DrugBlinding.productKey(root, gtin);
        for (MemberState receiver : receivers) {
            ByteString recipient = Keys.encryptionKey(receiver);
            ByteString mark = DrugBlinding.givenMark(root, gtin, receiver.getId(), recipient);
            int number = 1;
            Optional<DrugKeyState> earlier = given(company, receiver, recipient, number);
            while (earlier.isPresent() && !earlier.get().getSealedSubject().equals(mark)) {
                number++;
                earlier = given(company, receiver, recipient, number);
            }
            if (earlier.isEmpty()) {
                ByteString id = DrugBlinding.givenProductRequestId(company, receiver.getId(), recipient, number);
                give(
                        receiver,
                        key,
                        DrugKeyGrant.newBuilder()
                                .setRequestId(id)
                                .setGivenProduct(number)
                                .setGivenMark(mark));
            }
        }
    }

    private Optional<DrugKeyState> given(String company, MemberState receiver, ByteString recipient, int number)
            throws ClientException {
        return requests.read(DrugBlinding.givenProductRequestId(company, receiver.getId(), recipient, number));
    }

    private void give(MemberState receiver, byte[] key, DrugKeyGrant.Builder grant) throws ClientException {
        byte[] recipient = Keys.encryptionKey(receiver).toByteArray();
        if (!X25519.isUsable(recipient)) {
            return;
        }
        byte[] id = grant.getRequestId().toByteArray();
        grant.setGranted(true)
                .setEnvelope(
                        ByteString.copyFrom(KeyEnvelope.seal(KeyEnvelope.Use.BLINDING_KEY, id, recipient, key, random)))
                .setGivenTo(receiver.getId())
                .setGivenKey(ByteString.copyFrom(recipient));
        Submitter.requireApplied(
                actions.commit(DrugAction.newBuilder().setKeyGrant(grant).build()));
    }

    /**
     * A key that the owner's people gave unasked. Which product each is of says only the product's own sealed text, so they
     * are tried one after the other.
     */
    Optional<byte[]> product(String owner, String gtin) throws ClientException {
        ByteString publicKey = requests.publicKey();
        for (int number = 1; number <= MAX_GIVEN; number++) {
            Optional<byte[]> key =
                    requests.earlier(DrugBlinding.givenProductRequestId(owner, identity.actor(), publicKey, number));
            if (key.isEmpty() || isOf(new BlindingKey(owner, key.get()), gtin)) {
                return key;
            }
        }
        return Optional.empty();
    }

    private boolean isOf(BlindingKey key, String gtin) throws ClientException {
        Optional<String> metadata = products.sealed(key.productId()).flatMap(key::open);
        try {
            return metadata.isPresent()
                    && JsonFields.of(JsonReader.read(metadata.get()), "")
                            .optionalText("gtin")
                            .equals(Optional.of(gtin));
        } catch (JsonException malformed) {
            return false; // an owner's text that names no GTIN names not this one
        }
    }
}
