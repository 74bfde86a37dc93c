package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiPolicy;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.StateView;
import io.consilium.proto.AccessState;
import io.consilium.proto.RationaleKeyRequest;
import io.consilium.proto.RationaleKeyResponse;
import io.consilium.proto.SealedFor;

/** Lets privacy officers read why the glass was broken: those of the custodians, and of the clinician's own institution (ACC-3). */
public final class RationaleKeys {
    private final NodeGateway node;
    private final PolicySource policies;
    private final ScopeKeys keys;

    public RationaleKeys(NodeGateway node, PolicySource policies, ScopeKeys keys) {
        this.node = node;
        this.policies = policies;
        this.keys = keys;
    }

    public RationaleKeyResponse rationaleKey(Caller caller, RationaleKeyRequest request) {
        try (StateView view = StateView.open(node)) {
            ApiPolicy policy = policies.on(view.state());
            AccessState access = view.state()
                    .access(request.getAccessId())
                    .filter(AccessState::hasBreakGlass)
                    .filter(found -> policy.access(caller, found) != ApiPolicy.AccessView.HIDDEN)
                    .orElseThrow(() -> ApiProblem.notFound("break-glass").asException());
            if (!policy.readsRationale(caller, access) || !(caller instanceof Caller.Member member)) {
                throw ApiProblem.forbidden(
                                "ROLE_REQUIRED",
                                "a rationale is read by a PRIVACY_OFFICER",
                                "ACC-3",
                                "ask the PRIVACY_OFFICER of your institution")
                        .asException();
            }
            keys.requireOwnNode(member.institution(), view.state());
            SealedFor ours = ScopeKeys.sealedTo(access.getBreakGlass().getRationaleKeyList(), node.institution())
                    .orElseThrow(() -> ApiProblem.notFound("rationale sealed to your institution")
                            .asException());
            ByteString recipientKey = keys.encryptionKey(member, view.state());
            byte[] accessId = access.getId().toByteArray();
            byte[] envelope = keys.rewrap(
                    KeyEnvelope.Use.RATIONALE_KEY,
                    accessId,
                    ours.getEnvelope().toByteArray(),
                    KeyEnvelope.Use.RATIONALE_KEY,
                    accessId,
                    recipientKey.toByteArray());
            return RationaleKeyResponse.newBuilder()
                    .setRationaleKey(SealedFor.newBuilder()
                            .setRecipient(member.id())
                            .setRecipientKey(recipientKey)
                            .setEnvelope(ByteString.copyFrom(envelope)))
                    .setSealedRationale(access.getBreakGlass().getSealedRationale())
                    .build();
        }
    }
}
