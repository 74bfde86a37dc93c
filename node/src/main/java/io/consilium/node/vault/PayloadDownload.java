package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.consilium.crypto.Hash;
import io.consilium.ledger.records.ErasureRules;
import io.consilium.ledger.tx.Refusal;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.StateView;
import io.consilium.proto.AccessState;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
import io.consilium.proto.RecordState;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultChunk;
import io.consilium.storage.VaultDamagedException;
import io.consilium.storage.VaultException;
import java.util.Optional;

/** Serves pieces of a disclosed ciphertext; consent is asked again before every piece. */
public final class PayloadDownload {
    private final NodeGateway node;
    private final PolicySource policies;
    private final Vault vault;
    private final DownloadTokens tokens;

    public PayloadDownload(NodeGateway node, PolicySource policies, Vault vault, Disclosures disclosures) {
        this.node = node;
        this.policies = policies;
        this.vault = vault;
        this.tokens = disclosures.tokens();
    }

    public FetchPayloadResponse fetch(Caller caller, FetchPayloadRequest request) {
        Freshness.require(node);
        String token =
                request.getAccessId().isEmpty() ? request.getDownloadToken() : ofAccess(caller, request.getAccessId());
        DownloadTokens.Grant grant = tokens.find(token, caller.id(), node.nowMillis())
                .orElseThrow(() -> ApiProblem.forbidden(
                                "DOWNLOAD_TOKEN_INVALID",
                                "the download token is unknown, spent, expired or another's",
                                "ACC-2",
                                "ask for the disclosure again")
                        .asException());
        int length = request.getLength() == 0 ? Vault.MAX_CHUNK_BYTES : request.getLength();
        if (length < 1 || length > Vault.MAX_CHUNK_BYTES) {
            throw ApiProblem.malformed("a piece has 1 to " + Vault.MAX_CHUNK_BYTES + " bytes", "length")
                    .asException();
        }
        if (request.getOffset() < 0 || request.getOffset() >= grant.size()) {
            throw ApiProblem.malformed("the payload has " + grant.size() + " bytes", "offset")
                    .asException();
        }
        requireConsent(grant);
        VaultChunk chunk = read(grant, request.getOffset(), length);
        tokens.served(token, chunk.data().length);
        return FetchPayloadResponse.newBuilder()
                .setData(UnsafeByteOperations.unsafeWrap(chunk.data()))
                .setTotalSize(chunk.totalSize())
                .build();
    }

    /**
     * A disclosure on chain entitles its requester to the ciphertext at every holder, as long as the permit is young and
     * consent holds. It gives no key: whoever has not got the custodian's envelope cannot read a byte (REC-2).
     */
    private String ofAccess(Caller caller, ByteString accessId) {
        try (StateView view = StateView.open(node)) {
            AccessState access = view.state()
                    .access(accessId)
                    .filter(found -> found.getRequester().equals(caller.id()) && found.hasDisclosure())
                    .orElseThrow(
                            () -> ApiProblem.notFound("disclosure of yours").asException());
            Optional<Refusal> refusal = Permits.refusal(view.state(), access, policies.asOfMillis());
            if (refusal.isPresent()) {
                throw InstitutionTransactions.problem(refusal.get()).asException();
            }
            RecordState record = view.state().record(access.getRecordId()).orElseThrow();
            // who hands a record over keeps it for the new custodian's node alone (ID-3)
            if (record.getLeaving().equals(node.institution())
                    || !ErasureRules.holders(record).contains(node.institution())) {
                throw WrongNode.problem(
                                record.getCustodian(),
                                view.state(),
                                "this node keeps no copy; the custodian is " + record.getCustodian())
                        .asException();
            }
            long age = view.state().parameters().getPermitAgeMillis();
            DownloadTokens.Grant grant = new DownloadTokens.Grant(
                    accessId,
                    caller.id(),
                    Hash.of(access.getDisclosure().getCiphertextHash().toByteArray()),
                    record.getVersions((int) access.getRecordVersion() - 1)
                            .getContent()
                            .getCiphertextSize(),
                    access.getTimeMillis() + age);
            return tokens.ofAccess(grant, node.nowMillis()).orElseThrow(() -> ApiProblem.unavailable(
                            "BUSY", "as many downloads are under way as may be", "try again in a minute")
                    .asException());
        }
    }

    private void requireConsent(DownloadTokens.Grant grant) {
        try (StateView view = StateView.open(node)) {
            Optional<Refusal> refusal = view.state().access(grant.accessId()).flatMap(access -> Permits.erased(
                            view.state(), access)
                    .or(() -> Permits.consent(view.state(), access, policies.asOfMillis())));
            if (refusal.isPresent()) {
                throw InstitutionTransactions.problem(refusal.get()).asException();
            }
        }
    }

    private VaultChunk read(DownloadTokens.Grant grant, long offset, int length) {
        try {
            Optional<VaultChunk> chunk = vault.read(grant.ciphertext(), offset, length);
            if (chunk.isEmpty()) {
                requireConsent(grant); // an erasure may have come meanwhile: purged, never missing (PRV-6)
            }
            return chunk.orElseThrow(() -> ApiProblem.unavailable(
                            "PAYLOAD_NOT_HELD",
                            "this node's vault does not hold the payload any more",
                            "a replica's copy is fetched, if there is one; else have the file added again")
                    .asException());
        } catch (VaultDamagedException e) {
            throw new ApiProblem(
                            500,
                            "PAYLOAD_DAMAGED",
                            "the payload on this node's disk is damaged and was put aside",
                            "REC-2",
                            "",
                            "a replica's copy is fetched, if there is one; else have the file added again",
                            9)
                    .asException();
        } catch (VaultException e) {
            throw new IllegalStateException("the vault failed: " + e.getMessage(), e);
        }
    }
}
