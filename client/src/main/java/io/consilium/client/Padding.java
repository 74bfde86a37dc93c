package io.consilium.client;

import com.google.protobuf.ByteString;

/** Fills messages up before they are sealed, so that their lengths tell little of how much is in them (PRV-1). */
final class Padding {
    static final int STEP_BYTES = 512;

    /** Tag and length of a padding of {@link #LEAST_BYTES} to 16,383 bytes. */
    private static final int OVERHEAD_BYTES = 3;

    /** A shorter one has a length of one byte, and the message would end a byte before the step. */
    private static final int LEAST_BYTES = 128;

    private Padding() {}

    /** The field with which a message that has so many bytes without it ends at a multiple of {@link #STEP_BYTES}. */
    static ByteString after(int bytes) {
        int least = bytes + OVERHEAD_BYTES + LEAST_BYTES;
        int padded = (least + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
        return ByteString.copyFrom(new byte[padded - bytes - OVERHEAD_BYTES]);
    }
}
