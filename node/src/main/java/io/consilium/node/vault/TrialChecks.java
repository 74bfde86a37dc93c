package io.consilium.node.vault;

import io.consilium.interop.cdisc.CdiscFault;
import io.consilium.interop.cdisc.DatasetReader;
import io.consilium.interop.cdisc.FormerSubjects;
import io.consilium.interop.cdisc.SubjectRows;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.Caller;
import io.consilium.node.api.Operation;
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
            fault(dataset, version, rows)
                    .or(() -> exchanged(dataset, version, rows, subjects))
                    .ifPresent(fault -> response.setPath(fault.path()).setFault(fault.getMessage()));
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
            TrialDatasetState dataset, TrialDataVersion version, SubjectRows rows, TrialSubjects enrolled) {
        if (version.getVersion() == 1) {
            return Optional.empty();
        }
        TrialDataVersion before = TrialTables.version(dataset, version.getVersion() - 1);
        FormerSubjects former =
                new FormerSubjects(subject -> enrolled.enrolled(subject).isPresent(), rows);
        try {
            tables.readCommitted(dataset, before, plain -> {
                DatasetReader.read(plain, dataset.getName(), former);
                return former;
            });
        } catch (CdiscFault.TooLarge large) {
            throw TrialTables.tooLarge();
        } catch (CdiscFault unreadable) {
            return Optional.of(new CdiscFault("subjects", "the version before cannot be read to compare them"));
        }
        return former.gone() > Math.max(0, enrolled(before) - enrolled(version))
                ? Optional.of(new CdiscFault("subjects", "some of the version before were exchanged for others"))
                : Optional.empty();
    }

    private static int enrolled(TrialDataVersion version) {
        return version.getContent().getSubjects() - version.getContent().getNotEnrolled();
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
