package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;

/**
 * The question that consents answer: may this member use this record for this purpose at this time?
 *
 * @param recordVersion the version whose labels and author count, 0 for the newest
 * @param action empty for access
 * @param timeMillis the time that periods are held against: block time, or a query's asOf (CON-4)
 */
public record DecisionRequest(
        ByteString patientId,
        ByteString recordId,
        long recordVersion,
        String requester,
        String purpose,
        String action,
        long timeMillis) {}
