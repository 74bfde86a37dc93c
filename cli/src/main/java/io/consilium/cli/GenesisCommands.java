package io.consilium.cli;

import io.consilium.cli.devnet.BreakGlassTimes;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.GenesisFile;
import io.consilium.client.MalformedInput;
import io.consilium.client.ProtoJson;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonReader;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.genesis.InvalidGenesisException;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium genesis}: the document whose hash is the chain id. */
@Command(
        addMethodSubcommands = false,
        name = "genesis",
        description = "Make and check the document that a chain starts from.",
        footer = {"  consilium genesis show --genesis genesis.json", "  consilium genesis hash --genesis genesis.json"})
final class GenesisCommands {
    private static final int MAX_CARD_BYTES = 1024 * 1024;
    private static final int MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

    /** ACC-2's default age of a permit. */
    private static final long PERMIT_AGE_MILLIS = 15 * 60_000;

    private static final int MAX_BLOCK_BYTES = 4 * 1024 * 1024;
    private static final int MAX_BLOCK_TRANSACTIONS = 2_000;

    private final Session session;

    GenesisCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "new",
            description = {
                "Make a genesis file from the founders' public cards, or from one document.",
                "Cards are the JSON files that node init and member card write: they hold public keys only.",
                "All founders compare the chain id that it prints before they start their nodes."
            },
            footer = {
                "  consilium genesis new --name pilot --institution st-mary.json --institution helix.json \\",
                "      --member st-mary-admin.json --member helix-admin.json --out genesis.json",
                "  consilium genesis new document.json --out genesis.json"
            })
    int new_(
            @Parameters(
                            paramLabel = "DOCUMENT",
                            arity = "0..1",
                            description = "A whole document as genesis show prints it, instead of cards.")
                    Optional<String> document,
            @Option(names = "--name", paramLabel = "NAME", description = "Name of the chain.") Optional<String> name,
            @Option(
                            names = "--institution",
                            paramLabel = "FILE",
                            description = "Card of a founding institution; repeat it.")
                    @Nullable
                    List<String> institutions,
            @Option(names = "--member", paramLabel = "FILE", description = "Card of a founding member; repeat it.")
                    @Nullable
                    List<String> members,
            @Option(
                            names = "--validators",
                            paramLabel = "ID,...",
                            description = "Institutions that validate, in their order"
                                    + " (default: all with a validator key, in the order given).")
                    @Nullable
                    List<String> validators,
            @Option(names = "--time", paramLabel = "TIME", description = "Time of the genesis (default: now).")
                    Optional<String> time,
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            defaultValue = GenesisFile.NAME,
                            description = "File to write; it must not exist (default genesis.json).")
                    Path out,
            @Mixin BreakGlassOptions breakGlass)
            throws Exception {
        UserFiles.requireNew(out);
        GenesisDocument made;
        if (document.isPresent()) {
            made = GenesisFile.document(withoutChainId(json(document.get(), MAX_DOCUMENT_BYTES)));
        } else {
            made = fromCards(
                    name.orElseThrow(() ->
                            new MalformedInput("--name", "The chain has no name", "Give --name, or a whole document")),
                    Words.of(institutions),
                    Words.of(members),
                    Words.of(validators),
                    time.isPresent() ? Dates.start("--time", time.get()) : System.currentTimeMillis(),
                    breakGlass.times());
        }
        GenesisFile genesis;
        try {
            genesis = GenesisFile.of(GenesisState.of(made));
        } catch (InvalidGenesisException invalid) {
            throw new ClientException(
                            FailureClass.REFUSED,
                            "GENESIS_INVALID",
                            "No chain can start from this: " + invalid.getMessage(),
                            "Correct the cards or the document")
                    .causedBy(invalid);
        }
        UserFiles.write(out, genesis.encode());
        Map<String, Object> result = summary(genesis);
        result.put("file", out.toString());
        session.output().result(result);
        return 0;
    }

    @Command(
            name = "show",
            description = "Show the whole document of a genesis file.",
            footer = {"  consilium genesis show genesis.json -o json"})
    int show(
            @Parameters(paramLabel = "FILE", arity = "0..1", description = "Genesis file (default: the context's).")
                    Optional<Path> file)
            throws Exception {
        GenesisFile genesis = named(file);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("chainId", genesis.chainId().hex());
        result.putAll(ProtoJson.write(genesis.document()));
        session.output().result(result);
        return 0;
    }

    @Command(
            name = "verify",
            description = "Check a genesis file: its form, its keys, and that its chain id is its hash (exit 0 or 9).",
            footer = {"  consilium genesis verify genesis.json"})
    int verify(
            @Parameters(paramLabel = "FILE", arity = "0..1", description = "Genesis file (default: the context's).")
                    Optional<Path> file)
            throws Exception {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("verified", true);
        GenesisFile genesis = named(file);
        genesis.state();
        result.putAll(summary(genesis));
        session.output().result(result);
        return 0;
    }

    @Command(
            name = "hash",
            description = "Print the chain id, which is the hash of the genesis.",
            footer = {"  consilium genesis hash genesis.json"})
    int hash(
            @Parameters(paramLabel = "FILE", arity = "0..1", description = "Genesis file (default: the context's).")
                    Optional<Path> file)
            throws Exception {
        String chainId = named(file).chainId().hex();
        if (session.output().format() == GlobalOptions.Format.table) {
            session.output().raw().println(chainId);
        } else {
            session.output().result(Map.of("chainId", chainId));
        }
        return 0;
    }

    /** The chain id follows from the rest, so a document that genesis show printed can be edited and used. */
    private static Object withoutChainId(Object tree) {
        if (tree instanceof Map<?, ?> shown) {
            Map<Object, Object> document = new LinkedHashMap<>(shown);
            document.remove("chainId");
            return document;
        }
        return tree;
    }

    private GenesisFile named(Optional<Path> file) throws ClientException {
        return file.isPresent() ? GenesisFile.read(file.get()) : session.genesisToVerify();
    }

    private static Map<String, Object> summary(GenesisFile genesis) {
        GenesisDocument document = genesis.document();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("chainId", genesis.chainId().hex());
        summary.put("name", document.getName());
        summary.put("time", Dates.text(document.getTimeMillis()));
        summary.put("institutions", document.getInstitutionsCount());
        summary.put("members", document.getMembersCount());
        summary.put("validators", List.copyOf(document.getValidatorsList()));
        return summary;
    }

    private GenesisDocument fromCards(
            String name,
            List<String> institutionFiles,
            List<String> memberFiles,
            List<String> validators,
            long time,
            BreakGlassTimes breakGlass)
            throws ClientException {
        List<InstitutionState> institutions = new ArrayList<>();
        for (String file : institutionFiles) {
            InstitutionState.Builder card = InstitutionState.newBuilder();
            ProtoJson.read(json(file, MAX_CARD_BYTES), card, "");
            institutions.add(card.build());
        }
        List<MemberState> members = new ArrayList<>();
        for (String file : memberFiles) {
            MemberState.Builder card = MemberState.newBuilder();
            ProtoJson.read(json(file, MAX_CARD_BYTES), card, "");
            members.add(card.build());
        }
        List<String> validating = validators.isEmpty()
                ? institutions.stream()
                        .filter(InstitutionState::hasValidatorKey)
                        .map(InstitutionState::getId)
                        .toList()
                : validators;
        return GenesisDocument.newBuilder()
                .setVersion(1)
                .setName(name)
                .setTimeMillis(time)
                .addAllInstitutions(institutions.stream()
                        .map(institution -> validating.contains(institution.getId())
                                ? institution
                                : institution.toBuilder().clearValidatorKey().build())
                        .sorted(Comparator.comparing(InstitutionState::getId))
                        .toList())
                .addAllMembers(members.stream()
                        .sorted(Comparator.comparing(MemberState::getId))
                        .toList())
                .addAllValidators(validating)
                .setParameters(breakGlass
                        .set(ChainParameters.newBuilder())
                        .setPermitAgeMillis(PERMIT_AGE_MILLIS)
                        .setMaxTransactionBytes(ParsedTransaction.MAX_BYTES)
                        .setMaxBlockBytes(MAX_BLOCK_BYTES)
                        .setMaxBlockTransactions(MAX_BLOCK_TRANSACTIONS))
                .build();
    }

    private Object json(String file, int maxBytes) throws ClientException {
        try {
            return JsonReader.read(UserFiles.read(session, file, maxBytes));
        } catch (JsonException invalid) {
            throw new MalformedInput(
                    file + ": " + invalid.path(),
                    file + " is not JSON: " + invalid.getMessage() + " at " + invalid.path(),
                    "Correct the file and try again");
        }
    }
}
