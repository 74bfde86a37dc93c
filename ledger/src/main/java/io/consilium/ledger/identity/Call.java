package io.consilium.ledger.identity;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.TransactionBody;
import java.util.List;
import java.util.Optional;

/** One transaction before the rules: what it says, who signed it, in which block, on which state. */
public record Call(ParsedTransaction transaction, Signatory signatory, BlockContext block, LedgerState state) {
    public TransactionBody body() {
        return transaction.body();
    }

    public long timeMillis() {
        return block.timestampMillis();
    }

    public ByteString txId() {
        return ByteString.copyFrom(transaction.txId().toBytes());
    }

    public Optional<Signatory.Person> person() {
        return signatory instanceof Signatory.Person person ? Optional.of(person) : Optional.empty();
    }

    /** Whether the patient itself or a guardian signed, also of a root for an alias; mandates were checked before (TX-4). */
    public boolean isSignedFor(ByteString patientId) {
        return signatory.isFor(state, patientId);
    }

    /** Whether a member of one of the institutions signed who has the role. */
    public boolean isSignedBy(MemberRole role, List<String> institutions) {
        return person().map(person -> person.has(role)
                        && institutions.contains(person.institution().getId()))
                .orElse(false);
    }

    /** Refuses unless a member signed who has one of the roles; {@code rule} is the one that asks for it. */
    public Optional<Rejection> requireRole(String rule, MemberRole... roles) {
        Optional<Signatory.Person> person = person();
        if (person.isEmpty()) {
            return Optional.of(Refusal.SIGNER_NOT_PERMITTED.under(rule, "a member must sign"));
        }
        for (MemberRole role : roles) {
            if (person.get().has(role)) {
                return Optional.empty();
            }
        }
        return Optional.of(Refusal.ROLE_REQUIRED.under(rule, names(roles)));
    }

    private static String names(MemberRole... roles) {
        StringBuilder text = new StringBuilder();
        for (MemberRole role : roles) {
            text.append(text.isEmpty() ? "" : " or ").append(role.name());
        }
        return text.append(" is needed").toString();
    }
}
