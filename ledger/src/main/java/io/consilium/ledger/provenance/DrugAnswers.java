package io.consilium.ledger.provenance;

import io.consilium.crypto.Hash;

/** What an institution signs when its node answers a question about packs, so that a false answer is evidence (DRU-7). */
public enum DrugAnswers {
    VERIFICATION("consilium/drug-verification/v1"),
    PATH("consilium/drug-path/v1"),
    HOLDERS("consilium/drug-holders/v1");

    private final String tag;

    DrugAnswers(String tag) {
        this.tag = tag;
    }

    /** The bytes under the signature. */
    public byte[] message(byte[] answer) {
        return Hash.tagged(tag, answer).toBytes();
    }
}
