package io.consilium.cli;

import io.consilium.client.ClientException;

/**
 * The story that the demo tells, chapter by chapter: records and consent, access and audit, clinical trials, provenance,
 * and at the end the chain that kept them.
 *
 * <p>Each domain tells its chapters in a class of its own, on one {@link DemoStage}.
 */
final class DemoStory {
    private final DemoStage stage;
    private final DemoChain chain;

    DemoStory(Session session, TemporaryDevnet network) throws ClientException {
        this.stage = new DemoStage(session, network);
        this.chain = new DemoChain(stage, network);
    }

    void tell() throws ClientException {
        DemoRecords.Told records = new DemoRecords(stage).tell();
        new DemoAccess(stage).tell(records);
        new DemoTrials(stage).tell(records.patient());
        new DemoDrugs(stage).tell();
        chain.withoutOneValidator();
        chain.proofsWithoutNodes(records);
    }
}
