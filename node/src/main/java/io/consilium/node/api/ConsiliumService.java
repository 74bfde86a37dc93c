package io.consilium.node.api;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.consilium.node.api.grpc.ConsiliumGrpc;
import io.consilium.proto.BlockRequest;
import io.consilium.proto.BlockResponse;
import io.consilium.proto.ConsentCheckRequest;
import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.CustodyRequest;
import io.consilium.proto.CustodyResponse;
import io.consilium.proto.DiscloseRequest;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugResponse;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.MrnIndexRequest;
import io.consilium.proto.MrnIndexResponse;
import io.consilium.proto.RationaleKeyRequest;
import io.consilium.proto.RationaleKeyResponse;
import io.consilium.proto.ScopeKeyRequest;
import io.consilium.proto.ScopeKeyResponse;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.StatusRequest;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.SubmitResponse;
import io.consilium.proto.TransactionRequest;
import io.consilium.proto.TransactionResponse;
import io.consilium.proto.TrialCheckRequest;
import io.consilium.proto.TrialCheckResponse;
import io.consilium.proto.TrialNullifierRequest;
import io.consilium.proto.TrialNullifierResponse;
import io.consilium.proto.TrialQueryRequest;
import io.consilium.proto.TrialQueryResponse;
import io.consilium.proto.TrialReleaseRequest;
import io.consilium.proto.TrialReleaseResponse;
import io.consilium.proto.ValidatorsRequest;
import io.consilium.proto.ValidatorsResponse;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import io.grpc.stub.StreamObserver;
import io.netty.util.AttributeKey;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** The service of the client API: strict about requests, and every failure leaves as a problem. */
final class ConsiliumService extends ConsiliumGrpc.ConsiliumImplBase {
    static final AttributeKey<Caller> CALLER = AttributeKey.valueOf(ConsiliumService.class, "CALLER");

    /** Longest wait that a caller may ask for, in milliseconds. */
    static final long MAX_WAIT_MILLIS = 120_000;

    /** Wait of a caller who asks to wait and names no time, in milliseconds. */
    static final long DEFAULT_WAIT_MILLIS = 30_000;

    /**
     * "Not found" is answered at multiples of this alone: what is hidden takes work to judge, what is not there takes none,
     * and the difference must not show (PRV-8).
     */
    static final long NOT_FOUND_STEP_MILLIS = 25;

    private static final int NOT_FOUND = 404;

    private final Operations operations;

    ConsiliumService(Operations operations) {
        this.operations = operations;
    }

    @Override
    public void submit(SubmitRequest request, StreamObserver<SubmitResponse> out) {
        if (request.getWaitCommitted()) {
            allowWait(request.getTimeoutMillis() == 0 ? DEFAULT_WAIT_MILLIS : request.getTimeoutMillis());
        }
        answer(operations.submit(), request, out);
    }

    @Override
    public void transaction(TransactionRequest request, StreamObserver<TransactionResponse> out) {
        answer(operations.transaction(), request, out);
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
        answer(operations.status(), request, out);
    }

    @Override
    public void validators(ValidatorsRequest request, StreamObserver<ValidatorsResponse> out) {
        answer(operations.validators(), request, out);
    }

    @Override
    public void block(BlockRequest request, StreamObserver<BlockResponse> out) {
        answer(operations.block(), request, out);
    }

    @Override
    public void state(StateRequest request, StreamObserver<StateResponse> out) {
        answer(operations.state(), request, out);
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> out) {
        answer(operations.list(), request, out);
    }

    @Override
    public void consentCheck(ConsentCheckRequest request, StreamObserver<ConsentCheckResponse> out) {
        answer(operations.consentCheck(), request, out);
    }

    @Override
    public void scopeKey(ScopeKeyRequest request, StreamObserver<ScopeKeyResponse> out) {
        answer(operations.scopeKey(), request, out);
    }

    @Override
    public void stagePayload(StagePayloadRequest request, StreamObserver<StagePayloadResponse> out) {
        allowWait(MAX_WAIT_MILLIS);
        answer(operations.stagePayload(), request, out);
    }

    @Override
    public void disclose(DiscloseRequest request, StreamObserver<DiscloseResponse> out) {
        allowWait(MAX_WAIT_MILLIS);
        answer(operations.disclose(), request, out);
    }

    @Override
    public void fetchPayload(FetchPayloadRequest request, StreamObserver<FetchPayloadResponse> out) {
        answer(operations.fetchPayload(), request, out);
    }

    @Override
    public void rationaleKey(RationaleKeyRequest request, StreamObserver<RationaleKeyResponse> out) {
        answer(operations.rationaleKey(), request, out);
    }

    @Override
    public void custody(CustodyRequest request, StreamObserver<CustodyResponse> out) {
        allowWait(MAX_WAIT_MILLIS);
        answer(operations.custody(), request, out);
    }

    @Override
    public void mrnIndex(MrnIndexRequest request, StreamObserver<MrnIndexResponse> out) {
        answer(operations.mrnIndex(), request, out);
    }

    @Override
    public void trialNullifier(TrialNullifierRequest request, StreamObserver<TrialNullifierResponse> out) {
        answer(operations.trialNullifier(), request, out);
    }

    @Override
    public void drug(DrugRequest request, StreamObserver<DrugResponse> out) {
        answer(operations.drug(), request, out);
    }

    @Override
    public void trialRelease(TrialReleaseRequest request, StreamObserver<TrialReleaseResponse> out) {
        allowWait(MAX_WAIT_MILLIS);
        answer(operations.trialRelease(), request, out);
    }

    @Override
    public void trialCheck(TrialCheckRequest request, StreamObserver<TrialCheckResponse> out) {
        allowWait(MAX_WAIT_MILLIS);
        answer(operations.trialCheck(), request, out);
    }

    @Override
    public void trialQuery(TrialQueryRequest request, StreamObserver<TrialQueryResponse> out) {
        allowWait(MAX_WAIT_MILLIS);
        answer(operations.trialQuery(), request, out);
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> out) {
        allowWait(request.getWaitMillis());
        answer(operations.watch(), request, out);
    }

    private static void allowWait(long millis) {
        long bounded = Math.max(0, Math.min(millis, MAX_WAIT_MILLIS));
        if (bounded > 0) {
            ServiceRequestContext.current().setRequestTimeoutMillis(TimeoutMode.EXTEND, bounded);
        }
    }

    private static <Q extends Message, R extends Message> void answer(
            Operation<Q, R> operation, Q request, StreamObserver<R> out) {
        ServiceRequestContext ctx = ServiceRequestContext.current();
        long start = System.nanoTime();
        try {
            Optional<String> unknown = UnknownFields.first(request);
            if (unknown.isPresent()) {
                throw ApiProblem.malformed("the request has a field that this node does not know", unknown.get())
                        .asException();
            }
            Caller caller = ctx.attr(CALLER);
            if (caller == null) {
                throw new IllegalStateException("a request reached the service without an authenticated caller");
            }
            operation.answer(caller, request).whenComplete((response, failure) -> {
                if (failure != null) {
                    fail(ctx, start, failure, out);
                    return;
                }
                // A slow reader keeps its answer here for as long as it takes.
                RequestGate.hold(ctx, response.getSerializedSize());
                out.onNext(response);
                out.onCompleted();
            });
        } catch (RuntimeException e) {
            fail(ctx, start, e, out);
        }
    }

    private static void fail(ServiceRequestContext ctx, long start, Throwable failure, StreamObserver<?> out) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ApiProblem problem = ApiErrors.problemOf(cause);
        ctx.setAttr(ApiErrors.PROBLEM, problem);
        if (problem.httpStatus() == NOT_FOUND) {
            long step = TimeUnit.MILLISECONDS.toNanos(NOT_FOUND_STEP_MILLIS);
            long wait = step - (System.nanoTime() - start) % step;
            ctx.eventLoop().schedule(() -> out.onError(problem.asGrpc()), wait, TimeUnit.NANOSECONDS);
        } else {
            out.onError(problem.asGrpc());
        }
    }
}
