package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.interop.cdisc.Anonymity;
import io.consilium.interop.cdisc.SafeHarbor;
import io.consilium.interop.cdisc.Table;
import io.consilium.ledger.trials.DataUse;
import io.consilium.ledger.trials.EthicsApproval;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.TrialFormat;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.Operation;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialRelease;
import io.consilium.proto.TrialReleaseRequest;
import io.consilium.proto.TrialReleaseResponse;
import io.consilium.proto.TrialReleased;
import io.consilium.proto.TrialState;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Releases microdata of a trial, or says no without a word of the data (TRI-7).
 *
 * <p>The columns are held to the Safe Harbor list. Over the quasi-identifiers, demographic columns among the others
 * included, each cell has as many subjects as the trial's threshold; so it is for everything that this release and all
 * earlier ones together tell of a subject; and no cell differs by a few subjects from what an earlier release of the same
 * dataset showed, whichever version that was of. The release is committed before its content leaves.
 */
public final class TrialReleases implements Operation<TrialReleaseRequest, TrialReleaseResponse> {
    private static final int ID_BYTES = 16;
    private static final int MAX_CONTENT_BYTES = 32 * 1024 * 1024;

    private final NodeGateway node;
    private final TrialTables tables;
    private final InstitutionTransactions transactions;
    private final SecureRandom random;

    public TrialReleases(
            NodeGateway node, TrialTables tables, InstitutionTransactions transactions, SecureRandom random) {
        this.node = node;
        this.tables = tables;
        this.transactions = transactions;
        this.random = random;
    }

    /** What may leave, and what is written of it. */
    private record Checked(TrialRelease release, ByteString trialId, byte[] content, int rows, int smallest) {}

    @Override
    public CompletionStage<TrialReleaseResponse> answer(Caller caller, TrialReleaseRequest request) {
        try (StateView view = StateView.open(node)) {
            tables.require(caller, request.getTrialId(), view);
        }
        return tables.alone(transactions.executor(), () -> release(caller, request));
    }

    private CompletionStage<TrialReleaseResponse> release(Caller caller, TrialReleaseRequest request) {
        Checked checked = check(caller, request);
        TrialAction action = TrialAction.newBuilder()
                .setTrialId(checked.trialId())
                .setRelease(checked.release())
                .build();
        return transactions.commit(body -> body.setTrial(action)).thenApply(txId -> TrialReleaseResponse.newBuilder()
                .setReleaseId(checked.release().getReleaseId())
                .setTxId(txId)
                .setContent(ByteString.copyFrom(checked.content()))
                .setRows(checked.rows())
                .setSmallestCell(checked.smallest())
                .build());
    }

    private Checked check(Caller caller, TrialReleaseRequest request) {
        try (StateView view = StateView.open(node)) {
            TrialState trial = tables.require(caller, request.getTrialId(), view);
            List<String> uses = uses(view, trial, request);
            Set<String> told = told(trial, request);
            TrialTables.Opened opened =
                    tables.open(view.state(), trial, request.getDatasetId(), 0, told, bytesEach(trial));
            Table table = opened.table();
            Set<Integer> quasi = columns(table, request.getQuasiIdentifiersList(), "--quasi");
            Set<Integer> named = columns(table, request.getColumnsList(), "--columns");
            if (quasi.isEmpty() || quasi.size() + named.size() > TrialFormat.MAX_RELEASED_COLUMNS) {
                throw ApiProblem.malformed(
                                "1 to " + TrialFormat.MAX_RELEASED_COLUMNS + " columns are released", "--quasi")
                        .asException();
            }
            named.removeAll(quasi);
            Set<Integer> released = new TreeSet<>(quasi);
            released.addAll(named);
            for (int column : released) {
                safe(table, column);
            }
            TrialSubjects subjects = TrialSubjects.of(view, trial);
            long now = node.nowMillis();
            Predicate<String> excluded = subject -> subjects.excluded(subject, now);
            if (!request.getRecipient().isEmpty()
                    && !subjects.permit(view.state(), trial, people(table, excluded), uses)) {
                throw InstitutionTransactions.problem(Refusal.DATA_USE_NOT_PERMITTED)
                        .asException();
            }
            int smallest = anonymous(view, trial, opened, withQuasi(table, quasi, named), subjects);
            List<String> lines = lines(table, released, excluded);
            byte[] content = content(table, released, lines);
            TrialRelease release = TrialRelease.newBuilder()
                    .setReleaseId(freshId())
                    .setDatasetId(request.getDatasetId())
                    .setDatasetVersion(opened.version().getVersion())
                    .addAllQuasiIdentifiers(names(table, quasi))
                    .addAllColumns(names(table, named))
                    .setRecipient(request.getRecipient())
                    .addAllDataUse(uses)
                    .setContentHash(ByteString.copyFrom(Hash.sha256(content).toBytes()))
                    .setRequestedBy(caller.id())
                    .setReleasesBefore(trial.getReleasesCount())
                    .build();
            return new Checked(release, trial.getId(), content, lines.size(), smallest);
        }
    }

    /** Told before anything is opened; the ledger decides it again. */
    private List<String> uses(StateView view, TrialState trial, TrialReleaseRequest request) {
        TreeSet<String> uses = new TreeSet<>();
        for (String text : request.getDataUseList()) {
            uses.add(DataUse.of(text)
                    .orElseThrow(() -> ApiProblem.refused(
                                    "DATA_USE_UNKNOWN",
                                    "there is no such code of the Data Use Ontology",
                                    TrialTables.RULE,
                                    "choose a code such as HMB or DUO:0000006")
                            .asException())
                    .name());
        }
        if (request.getRecipient().isEmpty()) {
            return List.copyOf(uses);
        }
        EthicsApproval.refusal(trial, node.nowMillis()).ifPresent(rejection -> {
            throw InstitutionTransactions.problem(rejection.refusal()).asException();
        });
        List<String> permitted = view.state()
                .trialVersion(EthicsApproval.current(trial).getDocumentId())
                .orElseThrow()
                .getRegistration()
                .getDataUseList();
        if (!DataUse.permits(permitted, uses)) {
            throw InstitutionTransactions.problem(Refusal.DATA_USE_NOT_PERMITTED)
                    .asException();
        }
        return List.copyOf(uses);
    }

    /** Every column that this release or an earlier one of the trial tells. */
    private static Set<String> told(TrialState trial, TrialReleaseRequest request) {
        Set<String> names = new TreeSet<>(request.getQuasiIdentifiersList());
        names.addAll(request.getColumnsList());
        for (TrialReleased earlier : trial.getReleasesList()) {
            names.addAll(earlier.getRelease().getQuasiIdentifiersList());
            names.addAll(earlier.getRelease().getColumnsList());
        }
        return names;
    }

    /** The check holds this version beside every one that was released from. */
    private static long bytesEach(TrialState trial) {
        long others = trial.getReleasesList().stream()
                .map(TrialReleased::getRelease)
                .map(release -> ActorName.hex(release.getDatasetId()) + "/" + release.getDatasetVersion())
                .distinct()
                .count();
        return TrialTables.MAX_TABLE_BYTES / (1 + others);
    }

    private static Set<String> people(Table table, Predicate<String> excluded) {
        Set<String> people = new TreeSet<>();
        for (int row = 0; row < table.rows().size(); row++) {
            if (!excluded.test(table.subject(row))) {
                people.add(table.subject(row));
            }
        }
        return people;
    }

    private static Set<Integer> columns(Table table, List<String> names, String option) {
        Set<Integer> columns = new TreeSet<>();
        for (String name : names) {
            columns.add(table.column(name).orElseThrow(() -> new ApiProblem(
                            422,
                            "COLUMN_UNKNOWN",
                            "the dataset has no such column",
                            TrialTables.RULE,
                            option,
                            "check the names of the columns",
                            6)
                    .asException()));
        }
        return columns;
    }

    private static void safe(Table table, int column) {
        Optional<String> refusal = SafeHarbor.refusal(table, column);
        if (refusal.isPresent()) {
            throw no(
                    "COLUMN_NOT_RELEASABLE", table.columns().get(column).name() + " is not released: " + refusal.get());
        }
    }

    private static Set<Integer> withQuasi(Table table, Set<Integer> quasi, Set<Integer> named) {
        Set<Integer> all = new TreeSet<>(quasi);
        named.stream()
                .filter(column ->
                        SafeHarbor.isDemographic(table.columns().get(column).name()))
                .forEach(all::add);
        return all;
    }

    private int anonymous(
            StateView view, TrialState trial, TrialTables.Opened opened, Set<Integer> quasi, TrialSubjects subjects) {
        int threshold = trial.getAnonymityThreshold();
        long now = node.nowMillis();
        Predicate<String> excluded = subject -> subjects.excluded(subject, now);
        int smallest = Anonymity.smallest(Anonymity.cells(opened.table(), quasi, excluded));
        int all = Anonymity.smallest(Anonymity.cells(opened.table(), Set.of(), subject -> false));
        int kept = Anonymity.smallest(Anonymity.cells(opened.table(), Set.of(), excluded));
        // The number of subjects of a dataset is public, so those who are left out are a cell of their own.
        if (smallest < threshold || all != kept && all - kept < threshold) {
            throw tooFew();
        }
        Map<Table, Set<Integer>> told = new IdentityHashMap<>();
        told.put(opened.table(), new TreeSet<>(quasi));
        Map<String, Table> others = new HashMap<>();
        for (TrialReleased earlier : trial.getReleasesList()) {
            boolean same =
                    earlier.getRelease().getDatasetId().equals(opened.dataset().getId());
            String key = ActorName.hex(earlier.getRelease().getDatasetId()) + "/"
                    + earlier.getRelease().getDatasetVersion();
            boolean current = same
                    && earlier.getRelease().getDatasetVersion()
                            == opened.version().getVersion();
            Table table = current
                    ? opened.table()
                    : others.computeIfAbsent(key, unopened -> tables.open(
                                    view.state(),
                                    trial,
                                    earlier.getRelease().getDatasetId(),
                                    earlier.getRelease().getDatasetVersion(),
                                    told(trial, TrialReleaseRequest.getDefaultInstance()),
                                    bytesEach(trial))
                            .table());
            Set<Integer> shown = shown(table, earlier.getRelease());
            told.computeIfAbsent(table, first -> new TreeSet<>()).addAll(shown);
            if (same && differs(opened.table(), table, quasi, shown, earlier, subjects, threshold)) {
                throw tooFew();
            }
        }
        if (Anonymity.smallestAcross(opened.table(), told, excluded) < threshold) {
            throw tooFew();
        }
        return smallest;
    }

    private static Set<Integer> shown(Table table, TrialRelease release) {
        Set<Integer> quasi = columns(table, release.getQuasiIdentifiersList(), "--quasi");
        return withQuasi(table, quasi, columns(table, release.getColumnsList(), "--columns"));
    }

    private boolean differs(
            Table table,
            Table before,
            Set<Integer> quasi,
            Set<Integer> shown,
            TrialReleased earlier,
            TrialSubjects subjects,
            int threshold) {
        TreeSet<String> common = new TreeSet<>(names(table, quasi));
        common.retainAll(names(before, shown));
        long now = node.nowMillis();
        return Anonymity.differByFew(
                Anonymity.cells(
                        table,
                        columns(table, List.copyOf(common), "--quasi"),
                        subject -> subjects.excluded(subject, now)),
                Anonymity.cells(
                        before,
                        columns(before, List.copyOf(common), "--quasi"),
                        subject -> subjects.excluded(subject, earlier.getTimeMillis())),
                threshold);
    }

    /** Sorted, so that the order of rows tells nothing. */
    private static List<String> lines(Table table, Set<Integer> columns, Predicate<String> excluded) {
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < table.rows().size(); row++) {
            if (!excluded.test(table.subject(row))) {
                String[] values = table.rows().get(row);
                lines.add(line(columns.stream().map(column -> values[column]).toList()));
            }
        }
        lines.sort(Comparator.naturalOrder());
        return lines;
    }

    private static byte[] content(Table table, Set<Integer> columns, List<String> lines) {
        StringBuilder text = new StringBuilder(line(columns.stream()
                .map(column -> table.columns().get(column).name())
                .toList()));
        for (String line : lines) {
            text.append(line);
        }
        byte[] content = text.toString().getBytes(StandardCharsets.UTF_8);
        if (content.length > MAX_CONTENT_BYTES) {
            throw ApiProblem.tooLarge("a release has at most " + MAX_CONTENT_BYTES + " bytes")
                    .asException();
        }
        return content;
    }

    private static String line(List<String> values) {
        List<String> fields = new ArrayList<>();
        for (String value : values) {
            boolean quote = value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            fields.add(quote ? '"' + value.replace("\"", "\"\"") + '"' : value);
        }
        return String.join(",", fields) + "\r\n";
    }

    private static List<String> names(Table table, Collection<Integer> columns) {
        List<String> names = new ArrayList<>();
        columns.forEach(column -> names.add(table.columns().get(column).name()));
        Collections.sort(names);
        return names;
    }

    private ByteString freshId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return ByteString.copyFrom(id);
    }

    /** The same words for every reason, so that none tells the size of a cell. */
    private static ProblemException tooFew() {
        return no(
                "CELLS_TOO_SMALL", "with these columns, alone or beside earlier releases, too few subjects look alike");
    }

    private static ProblemException no(String code, String error) {
        return ApiProblem.refused(code, error, TrialTables.RULE, "release fewer or coarser columns")
                .asException();
    }
}
