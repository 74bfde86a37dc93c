package io.consilium.bench.simulator;

import java.lang.reflect.Method;
import java.util.Optional;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.MethodCall;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * Bugs that consensus systems really had, each planted by giving one method of the production's code (or of the disk
 * under it) another body.
 */
enum PlantedBug {
    /** The model's five, and their kin. */
    COMMITS_AFTER_TIMEOUT("consensus.SafetyRules", "gaveUp", FixedValue.value(false)),
    REPORTS_NO_CERTIFICATE("consensus.SafetyRules", "reported", empty()),
    IGNORES_THE_CERTIFICATE_OF_A_TC("consensus.SafetyRules", "obliged", empty()),
    FORGETS_ITS_VOTES("consensus.VoteRecord", "of", MethodCall.invoke(ElementMatchers.named("empty"))),
    NEEDS_TWO_TIMEOUTS_ONLY("consensus.SafetyRules", "timeoutQuorum", FixedValue.value(2)),
    NEEDS_TWO_VOTES_ONLY("crypto.certificate.ValidatorSet", "quorum", FixedValue.value(2)),

    /** Durability. */
    SENDS_BEFORE_IT_IS_DURABLE("bench.simulator.MemoryDisk", "sync", StubMethod.INSTANCE),

    /** Checks left out. */
    BELIEVES_EVERY_CERTIFICATE("consensus.Core", "verify", FixedValue.value(true)),
    BELIEVES_EVERY_SIGNATURE("bench.simulator.PrimedVerifier", "verify", FixedValue.value(true)),
    BELIEVES_SIGNATURES_OF_CLIENTS("node.replica.TransactionCheck", "signatures", empty()),
    APPLIES_TWICE("bench.simulator.MemoryChainReader", "transaction", empty()),
    ACCUSES_THE_HONEST("consensus.Accuser", "contradicts", FixedValue.value(true)),

    /** Progress. */
    NEVER_REPLACES_A_LEADER("consensus.Pacemaker", "onRoundTimer", StubMethod.INSTANCE),
    KEEPS_ONE_LEADER("consensus.LeaderSchedule", "leader", FixedValue.value(0)),
    WAITS_AN_HOUR("consensus.CommitLatencies", "timeoutMillis", FixedValue.value(3_600_000L)),
    NEVER_REPEATS_A_TIMEOUT("consensus.Pacemaker", "onResendTimer", StubMethod.INSTANCE),
    KEEPS_TRANSACTIONS_TO_ITSELF("node.replica.Outlet", "disseminate", StubMethod.INSTANCE),
    HEEDS_STALE_TIMERS("consensus.Timers", "expired", FixedValue.value(true)),
    JOINS_NO_ROUND("consensus.RoundChange", "onReceived", StubMethod.INSTANCE),
    SERVES_NO_BODY("node.replica.Replica", "heldBlock", empty()),
    NEVER_CATCHES_UP("node.replica.Replica", "applySynced", StubMethod.INSTANCE),
    HEARS_OF_NO_WORK("node.replica.Replica", "signalWork", StubMethod.INSTANCE),
    DECIDES_EMPTY_BLOCKS("consensus.ValidatorSets", "changePending", FixedValue.value(true)),

    /** Execution that is not the same everywhere. */
    READS_THE_CLOCK("ledger.block.BlockContext", "timestampMillis", clock());

    final String className;
    final String method;
    final Implementation replacement;

    PlantedBug(String className, String method, Implementation replacement) {
        this.className = className;
        this.method = method;
        this.replacement = replacement;
    }

    private static Implementation empty() {
        return MethodCall.invoke(method(Optional.class, "empty"));
    }

    private static Implementation clock() {
        return MethodCall.invoke(method(System.class, "nanoTime"));
    }

    private static Method method(Class<?> type, String name) {
        try {
            return type.getMethod(name);
        } catch (NoSuchMethodException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
