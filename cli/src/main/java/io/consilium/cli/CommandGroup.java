package io.consilium.cli;

import java.util.Locale;

/**
 * The commands of the first level, each with the line that {@code --help} shows.
 *
 * <p>Only the group that a command line names is built: its classes, and what they need, are not touched otherwise, so
 * that {@code --help} stays quick.
 */
enum CommandGroup {
    DEMO("See the whole story on four nodes of this machine"),
    DEVNET("Run a network of nodes on this machine"),
    NODE("Set up and run a node"),
    CONFIG("Check and show a node's configuration"),
    GENESIS("Make and check the document that a chain starts from"),
    KEY("Make and keep keys"),
    INSTITUTION("Look at institutions"),
    MEMBER("Add, list and suspend an institution's members"),
    PATIENT("Register and look up patients"),
    RECORD("Register, read and prove medical records"),
    CONSENT("Grant, check and revoke consents"),
    ACCESS("Ask for access, break the glass, list accesses"),
    AUDIT("Account for disclosures and export signed evidence"),
    TRIAL("Register and run clinical trials, and check their results"),
    DRUG("Follow packs of medicine from maker to patient"),
    CHAIN("Look at blocks and transactions, and verify them"),
    TX("Build, sign and submit transactions in separate steps"),
    SIMULATE("Run whole clusters in virtual time, with faults"),
    BENCH("Measure a cluster and this machine"),
    COMPLETION("Print a completion script for bash or zsh");

    private final String description;

    CommandGroup(String description) {
        this.description = description;
    }

    /** The word on the command line. */
    String command() {
        return name().toLowerCase(Locale.ROOT);
    }

    String description() {
        return description;
    }

    /** Whether most of its commands begin with a connection to a node. */
    boolean asksANode() {
        return switch (this) {
            case DEMO, DEVNET, NODE, CONFIG, GENESIS, KEY, SIMULATE, BENCH, COMPLETION -> false;
            case INSTITUTION, MEMBER, PATIENT, RECORD, CONSENT, ACCESS, AUDIT, TRIAL, DRUG, CHAIN, TX -> true;
        };
    }

    /** The picocli command object of the group; a switch, so that no other group's class is loaded. */
    Object create(Session session) {
        return switch (this) {
            case DEMO -> new DemoCommand(session);
            case DEVNET -> new DevnetCommands(session);
            case NODE -> new NodeCommands(session);
            case CONFIG -> new ConfigCommands(session);
            case GENESIS -> new GenesisCommands(session);
            case KEY -> new KeyCommands(session);
            case INSTITUTION -> new InstitutionCommands(session);
            case MEMBER -> new MemberCommands(session);
            case PATIENT -> new PatientCommands(session);
            case RECORD -> new RecordCommands(session);
            case CONSENT -> new ConsentCommands(session);
            case ACCESS -> new AccessCommands(session);
            case AUDIT -> new AuditCommands(session);
            case TRIAL -> new TrialCommands(session);
            case DRUG -> new DrugCommands(session);
            case CHAIN -> new ChainCommands(session);
            case TX -> new TxCommands(session);
            case SIMULATE -> new SimulateCommand(session);
            case BENCH -> new BenchCommand(session);
            case COMPLETION -> new CompletionCommand(session);
        };
    }
}
