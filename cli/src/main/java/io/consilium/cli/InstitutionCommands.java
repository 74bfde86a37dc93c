package io.consilium.cli;

import io.consilium.client.VerifiedState;
import io.consilium.proto.InstitutionState;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code consilium institution}. */
@Command(
        addMethodSubcommands = false,
        name = "institution",
        description = "Look at institutions.",
        footer = {"  consilium institution list", "  consilium institution show st-mary -o json"})
final class InstitutionCommands {
    private final Session session;

    InstitutionCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "list",
            description = "List the institutions of the chain.",
            footer = {"  consilium institution list", "  consilium institution list -o json --limit 10"})
    int list(@Mixin Pages.Paging paging) throws Exception {
        new Pages(session)
                .print(
                        "institutions",
                        "",
                        paging,
                        InstitutionState.parser(),
                        List.of("id", "legalName", "roles", "status", "validator", "apiEndpoint"),
                        InstitutionCommands::describe);
        return 0;
    }

    @Command(
            name = "show",
            description = "Show one institution, proven from the genesis.",
            footer = {"  consilium institution show st-mary"})
    int show(@Parameters(paramLabel = "ID", description = "Institution, e.g. st-mary.") String id) throws Exception {
        String slug = Ids.institution(id);
        VerifiedState.At<InstitutionState> found = session.state().institution(slug);
        Map<String, Object> object = describe(found.value());
        object.put("asOfHeight", found.height());
        session.output().result(object);
        return 0;
    }

    static Map<String, Object> describe(InstitutionState institution) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", institution.getId());
        object.put("legalName", institution.getLegalName());
        object.put("roles", List.copyOf(institution.getRolesList()));
        object.put("gln", institution.getGln());
        object.put("companyPrefixes", List.copyOf(institution.getCompanyPrefixesList()));
        object.put("status", institution.getActivity().name());
        object.put("validator", institution.hasValidatorKey());
        object.put("apiEndpoint", institution.getApiEndpoint());
        object.put("peerEndpoint", institution.getPeerEndpoint());
        object.put("signingKey", MemberCommands.key(institution.getSigningKey()));
        object.put("encryptionKey", MemberCommands.key(institution.getEncryptionKey()));
        object.put("peerTlsKey", MemberCommands.key(institution.getPeerTlsKey()));
        object.put(
                "apiTlsKeySha256",
                HexFormat.of().formatHex(institution.getApiTlsSpkiSha256().toByteArray()));
        object.put("validatorKey", MemberCommands.key(institution.getValidatorKey()));
        object.put("version", institution.getVersion());
        return object;
    }
}
