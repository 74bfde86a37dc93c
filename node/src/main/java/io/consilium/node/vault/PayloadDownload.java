package io.consilium.node.vault;

import com.google.protobuf.UnsafeByteOperations;
import io.consilium.ledger.tx.Refusal;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.StateView;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
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
        DownloadTokens.Grant grant = tokens.find(request.getDownloadToken(), caller.id(), node.nowMillis())
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
        Freshness.require(node);
        requireConsent(grant);
        VaultChunk chunk = read(grant, request.getOffset(), length);
        tokens.served(request.getDownloadToken(), chunk.data().length);
        return FetchPayloadResponse.newBuilder()
                .setData(UnsafeByteOperations.unsafeWrap(chunk.data()))
                .setTotalSize(chunk.totalSize())
                .build();
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
            return vault.read(grant.ciphertext(), offset, length).orElseThrow(() -> ApiProblem.unavailable(
                            "PAYLOAD_NOT_HELD",
                            "this node's vault does not hold the payload any more",
                            "ask whoever added the record to send it again")
                    .asException());
        } catch (VaultDamagedException e) {
            throw new ApiProblem(
                            500,
                            "PAYLOAD_DAMAGED",
                            "the payload on this node's disk is damaged and was put aside",
                            "REC-2",
                            "",
                            "ask whoever added the record to send it again",
                            9)
                    .asException();
        } catch (VaultException e) {
            throw new IllegalStateException("the vault failed: " + e.getMessage(), e);
        }
    }
}
