package io.consilium.interop.fhir;

import java.util.List;
import java.util.Optional;

/** A Consent's provision as read, before its place in the tree gives it a meaning. */
record Provision(String path, Optional<Boolean> permit, Criteria criteria, List<Provision> inner) {}
