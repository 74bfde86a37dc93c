package io.consilium.node;

/** How forwarding a ciphertext to another node ended (REC-2). */
public sealed interface PayloadForward {
    /** The other vault holds it whole and checked. */
    record Held() implements PayloadForward {}

    /** The other node is not connected or did not answer in time; what it has already is kept for the next attempt. */
    record Unreachable(String message) implements PayloadForward {}

    /** The other vault refused it; {@code code} is the reason. */
    record Refused(String code) implements PayloadForward {}
}
