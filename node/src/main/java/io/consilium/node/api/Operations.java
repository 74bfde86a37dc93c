package io.consilium.node.api;

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

/** What stands behind each method of the API. */
public record Operations(
        Operation<SubmitRequest, SubmitResponse> submit,
        Operation<TransactionRequest, TransactionResponse> transaction,
        Operation<StatusRequest, StatusResponse> status,
        Operation<ValidatorsRequest, ValidatorsResponse> validators,
        Operation<BlockRequest, BlockResponse> block,
        Operation<StateRequest, StateResponse> state,
        Operation<ListRequest, ListResponse> list,
        Operation<ConsentCheckRequest, ConsentCheckResponse> consentCheck,
        Operation<ScopeKeyRequest, ScopeKeyResponse> scopeKey,
        Operation<StagePayloadRequest, StagePayloadResponse> stagePayload,
        Operation<DiscloseRequest, DiscloseResponse> disclose,
        Operation<FetchPayloadRequest, FetchPayloadResponse> fetchPayload,
        Operation<RationaleKeyRequest, RationaleKeyResponse> rationaleKey,
        Operation<CustodyRequest, CustodyResponse> custody,
        Operation<MrnIndexRequest, MrnIndexResponse> mrnIndex,
        Operation<TrialNullifierRequest, TrialNullifierResponse> trialNullifier,
        Operation<DrugRequest, DrugResponse> drug,
        Operation<TrialReleaseRequest, TrialReleaseResponse> trialRelease,
        Operation<TrialCheckRequest, TrialCheckResponse> trialCheck,
        Operation<TrialQueryRequest, TrialQueryResponse> trialQuery,
        Operation<WatchRequest, WatchResponse> watch) {}
