package io.consilium.node;

import io.consilium.crypto.KeyPair;
import java.util.Optional;

/**
 * Who a node is towards other nodes.
 *
 * @param institution slug of the institution that runs it
 * @param validator the key it votes with, absent on a node that is no validator
 * @param peerTls the key that the registry pins for its peer connections
 */
public record NodeIdentity(String institution, Optional<KeyPair> validator, KeyPair peerTls) {}
