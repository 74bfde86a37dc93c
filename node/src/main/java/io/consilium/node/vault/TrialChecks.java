package io.consilium.node.vault;

import io.consilium.interop.cdisc.CdiscFault;
import io.consilium.interop.cdisc.DatasetReader;
import io.consilium.interop.cdisc.FormerSubjects;
import io.consilium.interop.cdisc.SubjectRows;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.Caller;
import io.consilium.node.api.Operation;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.proto.TrialCheckRequest;
import io.consilium.proto.TrialCheckResponse;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialDataVersion;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Checks a dataset's rows again (TRI-5). At submission the client of the submitter alone reads them; here the sponsor, who is
 * the only other one that can, holds them against who is enrolled and against what the chain says of them.
 */
public final class TrialChecks implements Operation<TrialCheckRequest, TrialCheckResponse> {
    private final NodeGateway node;
    private final TrialTables tables;

    public TrialChecks(NodeGateway node, TrialTables tables) {
        this.node = node;
        this.tables = tables;
    }

    @Override
    public CompletionStage<TrialCheckResponse> answer(Caller caller, TrialCheckRequest request) {
        tables.require(caller, request.getTrialId());
        return tables.work(() -> CompletableFuture.completedFuture(check(caller, request)));
    }

    private TrialCheckResponse check(Caller caller, TrialCheckRequest request) {
        try (StateView view = StateView.open(node)) {
            TrialState trial = tables.require(caller, request.getTrialId(), view);
            TrialDatasetState dataset = TrialTables.dataset(view.state(), trial, request.getDatasetId());
            TrialDataVersion version = TrialTables.version(dataset, request.getDatasetVersion());
            TrialTables.requireFits(version.getContent(), 1);
            TrialSubjects subjects = TrialSubjects.of(view, trial);
            SubjectRows rows = new SubjectRows(
                    subjects::enrolled,
                    TrialTables.subject(dataset),
                    Optional.of(dataset.getVersions(0).getTimeMillis()),
                    version.getTimeMillis());
            TrialCheckResponse.Builder response =
                    TrialCheckResponse.newBuilder().setDatasetVersion(version.getVersion());
            Optional<CdiscFault> fault = fault(dataset, version, rows);
            if (fault.isEmpty() && version.getVersion() > 1) {
                try {
                    fault = exchanged(dataset, version, rows, subjects);
                } catch (CdiscFault unreadable) {
                    response.setNotCompared(unreadable.path() + ": " + unreadable.getMessage());
                } catch (ProblemException closed) {
                    // It is the earlier version that is not held, does not open or is too large; this one was read.
                    response.setNotCompared(
                            closed.problem().code() + ": " + closed.problem().error());
                }
            }
            fault.ifPresent(found -> response.setPath(found.path()).setFault(found.getMessage()));
            return response.setNotEnrolled(rows.notEnrolled()).build();
        }
    }

    private Optional<CdiscFault> fault(TrialDatasetState dataset, TrialDataVersion version, SubjectRows rows) {
        try {
            SubjectRows read = tables.readCommitted(dataset, version, plain -> {
                DatasetReader.read(plain, dataset.getName(), rows);
                return rows;
            });
            return otherThanSaid(version.getContent(), read);
        } catch (CdiscFault.TooLarge large) {
            throw TrialTables.tooLarge();
        } catch (CdiscFault fault) {
            return Optional.of(fault);
        }
    }

    /** Validators see numbers alone: that nobody was put in for somebody else is seen by who can read both versions. */
    private Optional<CdiscFault> exchanged(
            TrialDatasetState dataset, TrialDataVersion version, SubjectRows rows, TrialSubjects subjects)
            throws CdiscFault {
        TrialDataVersion before = TrialTables.version(dataset, version.getVersion() - 1);
        TrialTables.requireFits(before.getContent(), 1);
        FormerSubjects former =
                new FormerSubjects(subjects::enrolled, before.getTimeMillis(), rows, version.getTimeMillis());
        tables.readCommitted(dataset, before, plain -> {
            DatasetReader.read(plain, dataset.getName(), former);
            return former;
        });
        return former.exchanged()
                ? Optional.of(new CdiscFault(
                        "subjects", "it lacks enrolled subjects of the version before and has others; ask the author"))
                : Optional.empty();
    }

    /** Nobody ceases to be enrolled, so of those who are not there can only be fewer than at the submission. */
    private static Optional<CdiscFault> otherThanSaid(TrialDataContent said, SubjectRows rows) {
        if (said.getColumns() != rows.width() || !said.getShape().equals(rows.shape())) {
            return Optional.of(new CdiscFault("columns", "the chain has others"));
        }
        if (said.getRows() != rows.rows()) {
            return Optional.of(new CdiscFault("rows", "the chain has another number"));
        }
        if (said.getSubjects() != rows.subjects()) {
            return Optional.of(new CdiscFault("subjects", "the chain has another number"));
        }
        return rows.notEnrolled() > said.getNotEnrolled()
                ? Optional.of(new CdiscFault("notEnrolled", "the chain has a smaller number"))
                : Optional.empty();
    }
}
