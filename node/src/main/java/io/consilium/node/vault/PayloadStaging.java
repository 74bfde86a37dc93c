package io.consilium.node.vault;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.Refusal;
import io.consilium.node.NodeGateway;
import io.consilium.node.PayloadForward;
import io.consilium.node.api.ApiPolicy;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.Operation;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.StateView;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.storage.SecretsStore;
import io.consilium.storage.StageOutcome;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Takes a ciphertext in, piece by piece, for the vault of its custodian; a payload of another institution is forwarded to
 * its node once it is whole, and is not kept here (REC-2).
 */
public final class PayloadStaging implements Operation<StagePayloadRequest, StagePayloadResponse> {
    private final NodeGateway node;
    private final PolicySource policies;
    private final Vault vault;
    private final Executor executor;
    private final ForwardClaims toForward;

    public PayloadStaging(
            NodeGateway node, PolicySource policies, Vault vault, SecretsStore secrets, Executor executor) {
        this.node = node;
        this.policies = policies;
        this.vault = vault;
        this.executor = executor;
        this.toForward = new ForwardClaims(secrets, vault);
    }

    @Override
    public CompletionStage<StagePayloadResponse> answer(Caller caller, StagePayloadRequest request) {
        Hash hash = hash(request);
        requireAllowed(caller, request, hash);
        if (request.getData().size() > Vault.MAX_CHUNK_BYTES) {
            throw ApiProblem.tooLarge("a piece has at most " + Vault.MAX_CHUNK_BYTES + " bytes")
                    .asException();
        }
        if (request.getTotalSize() < 1 || request.getOffset() < 0) {
            throw ApiProblem.malformed("sizes and offsets are positive", "totalSize")
                    .asException();
        }
        boolean claimed = claim(hash, request.getCustodian());
        StageOutcome outcome = stage(caller, request, hash);
        if (outcome instanceof StageOutcome.Refused refused) {
            if (claimed) {
                toForward.remove(hash);
            }
            throw problem(refused).asException();
        }
        toForward.keep();
        if (outcome instanceof StageOutcome.Wanted wanted) {
            return CompletableFuture.completedFuture(StagePayloadResponse.newBuilder()
                    .setNextOffset(wanted.nextOffset())
                    .build());
        }
        return request.getCustodian().equals(node.institution())
                ? CompletableFuture.completedFuture(complete(request))
                : forward(request, hash);
    }

    /** What an institution registers is brought by its own staff; what was erased is not brought back (PRV-6). */
    private void requireAllowed(Caller caller, StagePayloadRequest request, Hash hash) {
        String custodian = request.getCustodian();
        try (StateView view = StateView.open(node)) {
            ApiPolicy policy = policies.on(view.state());
            if (!policy.sendsPayloads(caller, custodian)
                    && !policy.sendsTrialData(caller, request.getTrialId(), custodian)) {
                throw ApiProblem.forbidden(
                                "ROLE_REQUIRED",
                                "payloads are brought by members of the institution that keeps them, in a role that"
                                        + " registers some",
                                "REC-1",
                                "ask a CLINICIAN, RESEARCHER, PHARMACIST or ADMIN of that institution")
                        .asException();
            }
            PayloadClaims claims = new PayloadClaims(view.chain(), view.state());
            if (claims.standing(custodian, hash) == PayloadClaims.Standing.ERASED) {
                throw InstitutionTransactions.problem(Refusal.RECORD_PURGED).asException();
            }
        }
    }

    /**
     * What this vault held before anybody asked to have it forwarded is nobody else's to draw or to have deleted, and no
     * payload is on its way to two custodians at once. Tells whether this is the first that is asked of it.
     */
    private synchronized boolean claim(Hash hash, String custodian) {
        Optional<String> other = toForward.custodian(hash);
        boolean own = custodian.equals(node.institution());
        boolean taken = other.isPresent() ? !other.get().equals(custodian) : !own && ForwardClaims.isHeld(hash, vault);
        if (taken) {
            throw ApiProblem.refused(
                            "PAYLOAD_REFUSED",
                            "this node does not take this payload for " + custodian,
                            "REC-2",
                            "send it to the node of " + custodian)
                    .asException();
        }
        boolean claims = !own && other.isEmpty();
        if (claims) {
            toForward.add(hash, custodian);
        }
        return claims;
    }

    private static Hash hash(StagePayloadRequest request) {
        if (request.getCiphertextHash().size() != Hash.LENGTH) {
            throw ApiProblem.malformed("a ciphertext hash has 32 bytes", "ciphertextHash")
                    .asException();
        }
        return Hash.of(request.getCiphertextHash().toByteArray());
    }

    private StageOutcome stage(Caller caller, StagePayloadRequest request, Hash hash) {
        try {
            return vault.stage(
                    caller.quotaOwner(),
                    hash,
                    request.getTotalSize(),
                    request.getOffset(),
                    request.getData().toByteArray());
        } catch (VaultException e) {
            throw new IllegalStateException("the vault failed: " + e.getMessage(), e);
        }
    }

    private static ApiProblem problem(StageOutcome.Refused refused) {
        return switch (refused.reason()) {
            case SIZE -> ApiProblem.tooLarge(refused.message());
            case OWNER ->
                ApiProblem.quota("your institution uploads as much at once, or keeps as much unregistered, as it may");
            case QUOTA ->
                ApiProblem.unavailable(
                        "VAULT_FULL", refused.message(), "REC-2", "tell the node's operator; nothing was kept");
            case LENGTH, HASH ->
                ApiProblem.refused(
                        "PAYLOAD_" + refused.reason().name(),
                        refused.message(),
                        "REC-2",
                        "send the same file again from its start");
        };
    }

    private CompletionStage<StagePayloadResponse> forward(StagePayloadRequest request, Hash hash) {
        toForward.whole(hash, request.getCustodian());
        return node.forwardPayload(request.getCustodian(), hash)
                .thenApplyAsync(
                        outcome -> {
                            if (outcome instanceof PayloadForward.Unreachable unreachable) {
                                throw ApiProblem.unavailable(
                                                "CUSTODIAN_UNREACHABLE",
                                                "the node of " + request.getCustodian() + " does not answer: "
                                                        + unreachable.message(),
                                                "run the same command again later; the payload is staged here")
                                        .asException();
                            }
                            forwarded(hash);
                            if (outcome instanceof PayloadForward.Refused refused) {
                                throw ApiProblem.refused(
                                                "PAYLOAD_REFUSED",
                                                "the custodian's vault refused the payload (" + refused.code() + ")",
                                                "REC-2",
                                                "tell the operator of the node of " + request.getCustodian())
                                        .asException();
                            }
                            return complete(request);
                        },
                        executor);
    }

    /** It is not kept here, unless this institution came to hold it meanwhile. */
    private void forwarded(Hash hash) {
        try (StateView view = StateView.open(node)) {
            PayloadClaims claims = new PayloadClaims(view.chain(), view.state());
            if (claims.standing(node.institution(), hash) != PayloadClaims.Standing.KEPT) {
                vault.delete(hash);
            }
            toForward.remove(hash);
        } catch (VaultException e) {
            throw new IllegalStateException("the vault failed: " + e.getMessage(), e);
        }
    }

    private static StagePayloadResponse complete(StagePayloadRequest request) {
        return StagePayloadResponse.newBuilder()
                .setNextOffset(request.getTotalSize())
                .setComplete(true)
                .build();
    }
}
