package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.interop.cdisc.AggregateQuery;
import io.consilium.interop.cdisc.Anonymity;
import io.consilium.interop.cdisc.CdiscFault;
import io.consilium.interop.cdisc.Linkage;
import io.consilium.interop.cdisc.SafeHarbor;
import io.consilium.interop.cdisc.Table;
import io.consilium.ledger.trials.DataUse;
import io.consilium.ledger.trials.EthicsApproval;
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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Releases microdata of a trial, or says no without a word of the data (TRI-7).
 *
 * <p>The columns are held to the Safe Harbor list. Over the quasi-identifiers, demographic columns among the others
 * included, each cell has as many subjects as the trial's threshold; so it is for everything that this release and all
 * earlier ones together tell of a subject, by being left out of one too; and no cell differs by a few subjects from what an
 * earlier release of the trial showed, whichever dataset and version that was of. The release is committed before its
 * content leaves.
 */
public final class TrialReleases implements Operation<TrialReleaseRequest, TrialReleaseResponse> {
    private static final int MAX_CONTENT_BYTES = 16 * 1024 * 1024;

    private static final String LOST =
            "see with trial history whether it is released; its content is lost, so ask for it once more under a new id";

    private final NodeGateway node;
    private final TrialTables tables;
    private final InstitutionTransactions transactions;

    public TrialReleases(NodeGateway node, TrialTables tables, InstitutionTransactions transactions) {
        this.node = node;
        this.tables = tables;
        this.transactions = transactions;
    }

    /** What may leave, and what is written of it. */
    private record Checked(TrialRelease release, ByteString trialId, ByteString content, int rows, int smallest) {}

    @Override
    public CompletionStage<TrialReleaseResponse> answer(Caller caller, TrialReleaseRequest request) {
        TrialTables.requireId(request.getReleaseId(), "release_id");
        tables.require(caller, request.getTrialId());
        return tables.work(() -> commit(check(caller, request)));
    }

    private CompletionStage<TrialReleaseResponse> commit(Checked checked) {
        TrialAction action = TrialAction.newBuilder()
                .setTrialId(checked.trialId())
                .setRelease(checked.release())
                .build();
        return transactions
                .commit(body -> body.setTrial(action), LOST)
                .thenApply(txId -> TrialReleaseResponse.newBuilder()
                        .setReleaseId(checked.release().getReleaseId())
                        .setTxId(txId)
                        .setContent(checked.content())
                        .setRows(checked.rows())
                        .setSmallestCell(checked.smallest())
                        .build());
    }

    private Checked check(Caller caller, TrialReleaseRequest request) {
        try (StateView view = StateView.open(node)) {
            TrialState trial = tables.require(caller, request.getTrialId(), view);
            requireNew(trial, request.getReleaseId());
            TrialTables.requireApproved(trial, node.nowMillis());
            List<String> uses = uses(view, trial, request);
            Set<String> quasiNames = normal(request.getQuasiIdentifiersList());
            Set<String> names = normal(request.getColumnsList());
            names.addAll(quasiNames);
            if (quasiNames.isEmpty() || names.size() > TrialFormat.MAX_RELEASED_COLUMNS) {
                throw ApiProblem.malformed(
                                "1 to " + TrialFormat.MAX_RELEASED_COLUMNS + " columns are released", "--quasi")
                        .asException();
            }
            EarlierReleases earlier = EarlierReleases.of(trial);
            Set<String> wanted = new TreeSet<>(names);
            wanted.addAll(earlier.names(request.getDatasetId()));
            wanted.add(SafeHarbor.AGE_UNIT);
            TrialTables.Opened opened =
                    tables.open(view.state(), trial, request.getDatasetId(), 0, wanted, Table.MAX_WEIGHT);
            Table table = opened.table();
            Set<Integer> quasi = columns(table, request.getQuasiIdentifiersList(), "--quasi");
            Set<Integer> named = columns(table, request.getColumnsList(), "--columns");
            named.removeAll(quasi);
            Set<Integer> released = new TreeSet<>(quasi);
            released.addAll(named);
            int year = Instant.ofEpochMilli(node.nowMillis())
                    .atOffset(ZoneOffset.UTC)
                    .getYear();
            for (int column : released) {
                safe(table, column, year);
            }
            TrialSubjects subjects = TrialSubjects.of(view, trial);
            Predicate<String> excluded = subjects::excluded;
            if (!request.getRecipient().isEmpty() && !subjects.permit(people(table, excluded), uses)) {
                throw InstitutionTransactions.problem(Refusal.DATA_USE_NOT_PERMITTED)
                        .asException();
            }
            int smallest = anonymous(view, trial, opened, withQuasi(table, quasi, named), named, subjects, earlier);
            List<String> lines = lines(table, released, excluded);
            ByteString content = content(lines);
            TrialRelease release = TrialRelease.newBuilder()
                    .setReleaseId(request.getReleaseId())
                    .setDatasetId(request.getDatasetId())
                    .setDatasetVersion(opened.version().getVersion())
                    .addAllQuasiIdentifiers(names(table, quasi))
                    .addAllColumns(names(table, named))
                    .setRecipient(request.getRecipient())
                    .addAllDataUse(uses)
                    .setContentHash(
                            ByteString.copyFrom(Hash.sha256(content.newInput()).toBytes()))
                    .setRequestedBy(caller.id())
                    .setReleasesBefore(trial.getReleasesCount())
                    .setAsOfMillis(subjects.asOfMillis())
                    .build();
            return new Checked(release, trial.getId(), content, lines.size() - 1, smallest);
        } catch (IOException impossible) {
            throw new IllegalStateException("bytes in memory cannot be read", impossible);
        }
    }

    /** The ledger decides it again. */
    private static void requireNew(TrialState trial, ByteString id) {
        boolean repeated = trial.getReleasesList().stream()
                .anyMatch(earlier -> earlier.getRelease().getReleaseId().equals(id));
        if (repeated) {
            throw InstitutionTransactions.problem(Refusal.RELEASE_REPEATED).asException();
        }
    }

    private static Set<String> normal(List<String> names) {
        Set<String> normal = new TreeSet<>();
        names.forEach(name -> normal.add(Table.normalName(name)));
        return normal;
    }

    /** Told before anything is opened; the ledger decides it again. */
    private static List<String> uses(StateView view, TrialState trial, TrialReleaseRequest request) {
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
                            "the dataset has no column " + AggregateQuery.shown(name),
                            TrialTables.RULE,
                            option,
                            "check the names of the columns",
                            6)
                    .asException()));
        }
        return columns;
    }

    private static void safe(Table table, int column, int year) {
        Optional<String> refusal = SafeHarbor.refusal(table, column, year);
        if (refusal.isPresent()) {
            throw no(
                    "COLUMN_NOT_RELEASABLE", table.columns().get(column).name() + " is not released: " + refusal.get());
        }
    }

    private static Set<Integer> withQuasi(Table table, Set<Integer> quasi, Set<Integer> named) {
        Set<Integer> all = new TreeSet<>(quasi);
        named.stream()
                .filter(column -> SafeHarbor.isDemographic(table.columns().get(column)))
                .forEach(all::add);
        return all;
    }

    private int anonymous(
            StateView view,
            TrialState trial,
            TrialTables.Opened opened,
            Set<Integer> quasi,
            Set<Integer> named,
            TrialSubjects subjects,
            EarlierReleases earlier) {
        int threshold = trial.getAnonymityThreshold();
        Table table = opened.table();
        Predicate<String> excluded = subjects::excluded;
        int smallest = Anonymity.smallest(Anonymity.cells(table, quasi, excluded, threshold));
        int all = Anonymity.smallest(Anonymity.cells(table, Set.of(), subject -> false));
        int kept = Anonymity.smallest(Anonymity.cells(table, Set.of(), excluded));
        // The number of subjects of a dataset is public, so those who are left out are a cell of their own.
        if (smallest < threshold || all != kept && all - kept < threshold) {
            throw tooFew();
        }
        Set<Integer> told = new TreeSet<>(quasi);
        Linkage linkage = new Linkage(threshold);
        for (EarlierReleases.OfVersion of : earlier.versions()) {
            boolean same = of.datasetId().equals(opened.dataset().getId());
            boolean current = same && of.version() == opened.version().getVersion();
            Table before = current
                    ? table
                    : tables.open(
                                    view.state(),
                                    trial,
                                    of.datasetId(),
                                    of.version(),
                                    of.names(),
                                    Table.MAX_WEIGHT - table.weight())
                            .table();
            Set<String> further = normal(names(table, named));
            further.retainAll(of.names());
            if (!further.isEmpty() && mayBeTheSame(table, before, subjects)) {
                throw tooFew();
            }
            Set<Integer> toldBefore = new TreeSet<>();
            for (TrialReleased release : of.releases()) {
                Set<Integer> shown = shown(before, release.getRelease());
                toldBefore.addAll(shown);
                Set<String> common = normal(names(table, quasi));
                common.retainAll(normal(names(before, shown)));
                long asOfMillis = release.getRelease().getAsOfMillis();
                Predicate<String> excludedThen = subject -> subjects.excluded(subject, asOfMillis);
                if ((same || !common.isEmpty())
                        && Anonymity.differByFew(
                                Anonymity.cells(table, inOrder(table, common), excluded),
                                Anonymity.cells(before, inOrder(before, common), excludedThen),
                                threshold)) {
                    throw tooFew();
                }
                tell(linkage, before, toldBefore, excludedThen);
            }
            if (current) {
                told.addAll(toldBefore);
            }
        }
        tell(linkage, table, told, excluded);
        return smallest;
    }

    /**
     * Whether each table has people whom the other one does not name, who may be the same under other names, so that a
     * measure that is released of both would join them. Two who are both enrolled here are two.
     */
    private static boolean mayBeTheSame(Table one, Table other, TrialSubjects subjects) {
        Set<String> here = people(one, subject -> false);
        Set<String> there = people(other, subject -> false);
        Set<String> onlyHere = without(here, there);
        Set<String> onlyThere = without(there, here);
        return !onlyHere.isEmpty()
                && !onlyThere.isEmpty()
                && Stream.concat(onlyHere.stream(), onlyThere.stream())
                        .anyMatch(subject -> subjects.enrolled(subject).isEmpty());
    }

    private static Set<String> without(Set<String> some, Set<String> others) {
        Set<String> left = new TreeSet<>(some);
        left.removeAll(others);
        return left;
    }

    private static void tell(Linkage linkage, Table table, Set<Integer> columns, Predicate<String> excluded) {
        try {
            if (!linkage.tell(table, columns, excluded)) {
                throw tooFew();
            }
        } catch (CdiscFault.TooLarge large) {
            throw TrialTables.tooLarge();
        }
    }

    private static Set<Integer> shown(Table table, TrialRelease release) {
        Set<Integer> quasi = columns(table, release.getQuasiIdentifiersList(), "--quasi");
        return withQuasi(table, quasi, columns(table, release.getColumnsList(), "--columns"));
    }

    /** Places of columns in the order of their names, so that two tables give their cells alike. */
    private static List<Integer> inOrder(Table table, Set<String> names) {
        return names.stream()
                .sorted()
                .map(name -> table.column(name).orElseThrow())
                .toList();
    }

    /** The header line and the others sorted, so that the order of rows tells nothing. */
    private static List<String> lines(Table table, Set<Integer> columns, Predicate<String> excluded) {
        List<String> lines = new ArrayList<>();
        long characters = 0;
        for (int row = 0; row < table.rows().size(); row++) {
            if (!excluded.test(table.subject(row))) {
                String[] values = table.rows().get(row);
                String line =
                        line(columns.stream().map(column -> values[column]).toList());
                lines.add(line);
                characters += line.length();
                requireFits(characters);
            }
        }
        lines.sort(Comparator.naturalOrder());
        lines.add(
                0,
                line(columns.stream()
                        .map(column -> table.columns().get(column).name())
                        .toList()));
        return lines;
    }

    private static ByteString content(List<String> lines) throws IOException {
        ByteString.Output content = ByteString.newOutput();
        for (String line : lines) {
            content.write(line.getBytes(StandardCharsets.UTF_8));
            requireFits(content.size());
        }
        return content.toByteString();
    }

    private static void requireFits(long bytes) {
        if (bytes > MAX_CONTENT_BYTES) {
            throw ApiProblem.tooLarge("a release has at most " + MAX_CONTENT_BYTES + " bytes")
                    .asException();
        }
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
