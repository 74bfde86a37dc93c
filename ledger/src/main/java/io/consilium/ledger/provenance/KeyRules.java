package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugCompanyKey;
import io.consilium.proto.DrugCompanyState;
import io.consilium.proto.DrugKeyGrant;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyRequest;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.DrugRequestStatus;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.SealedFor;
import java.util.List;
import java.util.Optional;

/**
 * The keys that blind products and logistic units (DRU-9). An institution draws one root; the keys of its products and of
 * its SSCCs follow from it. A partner asks, saying to the owner alone for which product, and the owner's node answers.
 */
final class KeyRules {
    private static final String RULE = "DRU-9";

    private KeyRules() {}

    static Optional<Rejection> company(DrugBook book, DrugCompanyKey key) {
        Call call = book.call();
        Optional<Rejection> refusal = trades(call).or(() -> recipients(call, key));
        if (refusal.isPresent()) {
            return refusal;
        }
        String owner = book.institution();
        if (book.read(DrugKeys.company(owner), DrugCompanyState.parser()).isPresent()) {
            return Optional.of(Refusal.COMPANY_KEY_EXISTS.rejection());
        }
        book.put(
                DrugKeys.company(owner),
                DrugCompanyState.newBuilder()
                        .setOwner(owner)
                        .addAllSealed(key.getSealedList())
                        .setVersion(1)
                        .build());
        return Optional.empty();
    }

    /** Sealed to the institution itself and to its own members, with the keys that they have now. */
    private static Optional<Rejection> recipients(Call call, DrugCompanyKey key) {
        Signatory.Person person = call.person().orElseThrow();
        for (SealedFor sealed : key.getSealedList()) {
            String recipient = sealed.getRecipient();
            if (!ActorName.institutionOf(recipient).equals(person.institution().getId())) {
                return Optional.of(Refusal.RECIPIENT_NOT_ALLOWED.under(RULE, "the company's root is its own"));
            }
            Optional<ByteString> current = recipient.equals(person.institution().getId())
                    ? Optional.of(person.institution().getEncryptionKey().getKey())
                    : encryptionKey(call, recipient);
            if (!current.equals(Optional.of(sealed.getRecipientKey()))) {
                return Optional.of(Refusal.RECIPIENT_KEY_STALE.under(RULE, ""));
            }
        }
        return Optional.empty();
    }

    private static Optional<ByteString> encryptionKey(Call call, String member) {
        return call.state()
                .member(member)
                .flatMap(found -> Signatories.keysAt(found, call.timeMillis()))
                .map(MemberKeys::getEncryptionKey)
                .map(key -> key.getKey());
    }

    static Optional<Rejection> request(DrugBook book, DrugKeyRequest request) {
        Call call = book.call();
        Optional<Rejection> refusal =
                switch (request.getKind()) {
                    case DRUG_KEY_COMPANY -> ownPeople(call, request.getOwner());
                    // it opens nothing but what names the requester's institution
                    case DRUG_KEY_DETAILS -> Traders.reader(call);
                    default -> Traders.partner(call, request.getOwner());
                };
        if (refusal.isPresent()) {
            return refusal;
        }
        if (book.read(DrugKeys.company(request.getOwner()), DrugCompanyState.parser())
                .isEmpty()) {
            return Optional.of(Refusal.COMPANY_KEY_UNKNOWN.rejection());
        }
        if (!encryptionKey(call, call.signatory().name()).equals(Optional.of(request.getRequesterKey()))) {
            return Optional.of(Refusal.RECIPIENT_KEY_STALE.under(RULE, ""));
        }
        String requester = call.signatory().name();
        boolean plain = DrugBlinding.isPlain(request.getKind());
        if (plain
                && !request.getRequestId()
                        .equals(DrugBlinding.plainRequestId(
                                request.getKind(), request.getOwner(), requester, request.getRequesterKey()))) {
            return Optional.of(Refusal.KEY_REQUEST_UNKNOWN.rejection("a key of this kind has its own request id"));
        }
        ByteString id = plain
                ? request.getRequestId()
                : DrugBlinding.keptRequestId(requester, request.getKind().getNumber(), request.getRequestId());
        Optional<DrugKeyState> earlier = book.read(DrugKeys.request(id), DrugKeyState.parser());
        // a product that was unknown then may be known now
        if (earlier.isPresent() && earlier.get().getStatus() != DrugRequestStatus.DRUG_NOTHING_SUCH) {
            return Optional.of(Refusal.KEY_REQUEST_EXISTS.rejection());
        }
        book.put(
                DrugKeys.request(id),
                DrugKeyState.newBuilder()
                        .setRequestId(id)
                        .setOwner(request.getOwner())
                        .setRequester(requester)
                        .setRequesterKey(request.getRequesterKey())
                        .setKind(request.getKind())
                        .setSealedSubject(request.getSealedSubject())
                        .setStatus(DrugRequestStatus.DRUG_REQUESTED)
                        .setRequestedMillis(call.timeMillis())
                        // counted on, so that whoever asked again knows the new answer from the old one
                        .setVersion(earlier.map(DrugKeyState::getVersion).orElse(0L) + 1)
                        .build());
        book.index(LedgerIndexes.of(LedgerIndexes.OWNER_KEY_REQUESTS, request.getOwner(), call.timeMillis(), id));
        book.notice(EventType.DRUG_KEY_REQUESTED, List.of(request.getOwner(), book.institution()), id);
        book.made(id);
        return Optional.empty();
    }

    private static Optional<Rejection> trades(Call call) {
        return Traders.isRegulator(call) ? Optional.empty() : Traders.handler(call, RULE);
    }

    private static Optional<Rejection> ownPeople(Call call, String owner) {
        return trades(call).or(() -> {
            boolean own = call.person().map(person -> person.isOf(owner)).orElse(false);
            return own ? Optional.empty() : Optional.of(Refusal.OTHER_INSTITUTION.under(RULE, ""));
        });
    }

    static Optional<Rejection> grant(DrugBook book, DrugKeyGrant grant) {
        if (grant.getGivenProduct() > 0 && !isPartner(book.call(), book.institution(), grant.getGivenTo())) {
            return Optional.of(Refusal.NOT_TRADING_PARTNER.rejection());
        }
        Optional<DrugKeyState> found = book.read(DrugKeys.request(grant.getRequestId()), DrugKeyState.parser())
                .or(() -> given(book, grant));
        if (found.isEmpty()) {
            return Optional.of(Refusal.KEY_REQUEST_UNKNOWN.rejection());
        }
        DrugKeyState request = found.get();
        if (!mayGrant(book.call(), request.getOwner())) {
            return Optional.of(Refusal.OTHER_INSTITUTION.under(RULE, "the key's owner grants it"));
        }
        if (request.getStatus() == DrugRequestStatus.DRUG_GRANTED
                || request.getStatus() == DrugRequestStatus.DRUG_NOTHING_SUCH && !grant.getGranted()) {
            return Optional.of(Refusal.KEY_REQUEST_ANSWERED.rejection());
        }
        book.put(
                DrugKeys.request(request.getRequestId()),
                request.toBuilder()
                        .setStatus(
                                grant.getGranted()
                                        ? DrugRequestStatus.DRUG_GRANTED
                                        : DrugRequestStatus.DRUG_NOTHING_SUCH)
                        .setEnvelope(grant.getEnvelope())
                        .setVersion(request.getVersion() + 1)
                        .build());
        book.notice(
                EventType.DRUG_KEY_GRANTED,
                List.of(request.getOwner(), ActorName.institutionOf(request.getRequester())),
                request.getRequestId());
        book.made(request.getRequestId());
        return Optional.empty();
    }

    /** A key that goes ahead of goods: as if its receiver had asked. Of products, to authorised trading partners only. */
    private static Optional<DrugKeyState> given(DrugBook book, DrugKeyGrant grant) {
        int product = grant.getGivenProduct();
        DrugKeyKind kind = product > 0
                ? DrugKeyKind.DRUG_KEY_PRODUCT
                : grant.getGivenDetails() ? DrugKeyKind.DRUG_KEY_DETAILS : DrugKeyKind.DRUG_KEY_LOGISTICS;
        String owner = book.institution();
        ByteString id = product > 0
                ? DrugBlinding.givenProductRequestId(owner, grant.getGivenTo(), grant.getGivenKey(), product)
                : DrugBlinding.plainRequestId(kind, owner, grant.getGivenTo(), grant.getGivenKey());
        boolean own = grant.getGranted() && grant.getRequestId().equals(id);
        return own && encryptionKey(book.call(), grant.getGivenTo()).equals(Optional.of(grant.getGivenKey()))
                ? Optional.of(DrugKeyState.newBuilder()
                        .setRequestId(id)
                        .setOwner(book.institution())
                        .setRequester(grant.getGivenTo())
                        .setRequesterKey(grant.getGivenKey())
                        .setKind(kind)
                        .setSealedSubject(grant.getGivenMark())
                        .setStatus(DrugRequestStatus.DRUG_REQUESTED)
                        .setRequestedMillis(book.call().timeMillis())
                        .build())
                : Optional.empty();
    }

    private static boolean isPartner(Call call, String owner, String member) {
        String institution = ActorName.institutionOf(member);
        return institution.equals(owner)
                || call.state()
                        .institution(institution)
                        .filter(Signatories::isActive)
                        .filter(Traders::isPartner)
                        .isPresent();
    }

    /** The owner's node, or one of the owner's people who hold its root. */
    private static boolean mayGrant(Call call, String owner) {
        if (call.signatory() instanceof Signatory.Node node) {
            return node.institution().getId().equals(owner);
        }
        return call.person()
                .map(person -> person.isOf(owner)
                        && (person.has(MemberRole.OPERATOR)
                                || person.has(MemberRole.ADMIN)
                                || person.has(MemberRole.PHARMACIST)))
                .orElse(false);
    }
}
