package io.consilium.client;

import io.consilium.crypto.Hash;
import java.net.URI;

/**
 * Where a node's API is and which key it must show.
 *
 * @param institution slug of the institution that runs it
 * @param uri https address without a path
 * @param keyHash SHA-256 of the public key info of its TLS certificate, as the registry pins it (ID-1)
 */
public record NodeEndpoint(String institution, URI uri, Hash keyHash) {}
