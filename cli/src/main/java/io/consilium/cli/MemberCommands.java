package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.crypto.Keystore;
import io.consilium.proto.Activity;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberRotateKey;
import io.consilium.proto.MemberState;
import io.consilium.proto.MemberSuspend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium member}: who acts for an institution (ID-2). */
@Command(
        addMethodSubcommands = false,
        name = "member",
        description = "Add, list and suspend an institution's members, and change their keys.",
        footer = {
            "  consilium --context st-mary/admin member add dr-novak --roles CLINICIAN",
            "  consilium member list --institution st-mary"
        })
final class MemberCommands {
    private final Session session;

    MemberCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "add",
            description = {
                "Add a member to your institution; you must be one of its ADMINs.",
                "Without --member-key a keystore is made, and a context for it."
            },
            footer = {
                "  consilium --context st-mary/admin member add dr-novak --roles CLINICIAN",
                "  consilium --context st-mary/admin member add clerk --roles OPERATOR,AUDITOR \\",
                "      --member-key clerk.keystore"
            })
    int add(
            @Parameters(paramLabel = "NAME", description = "Handle, or institution/handle: no name of a person.")
                    String name,
            @Option(
                            names = "--roles",
                            required = true,
                            paramLabel = "ROLE,...",
                            description = "CLINICIAN, CONSENT_OFFICER, PHARMACIST, RESEARCHER, REVIEWER, ADMIN,"
                                    + " PRIVACY_OFFICER, AUDITOR, OPERATOR.")
                    List<String> roles,
            @Option(
                            names = "--member-key",
                            paramLabel = "FILE",
                            description = "The new member's keystore; only its public keys are read.")
                    Optional<Path> memberKey,
            @Option(
                            names = "--new-password-file",
                            paramLabel = "FILE",
                            description = "Password of the keystore that is made (default: the acting member's).")
                    Optional<Path> newPasswordFile)
            throws Exception {
        String member = Ids.member(name.contains("/") ? name : session.institution() + "/" + name);
        NewKeystore keystore = memberKey.isPresent()
                ? new NewKeystore(UserFiles.existing(memberKey.get().toString()), false)
                : NewKeystore.plan(session, member);
        FreshKeys keys = keystore.fresh() && !session.options().dryRun
                ? keystore.create(session, newPasswordFile)
                : keystore.keys();
        MemberAdd add = MemberAdd.newBuilder()
                .setMember(member)
                .addAllRoles(sorted(roles))
                .setSigningKey(keys.signing())
                .setEncryptionKey(keys.encryption())
                .build();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("member", member);
        Writes writes = new Writes(session);
        boolean applied = false;
        try {
            Writes.Written written = writes.submit(body -> body.setMemberAdd(add), ids);
            applied = written.applied();
            if (applied && keystore.fresh()) {
                written.result().put("keystore", keystore.file().toString());
                keystore.addContext(session, member, newPasswordFile);
            }
            writes.print(written);
        } catch (ClientException failure) {
            // Keys of a member who never came to be are of no use; after a time-out they may be.
            if (keystore.fresh() && !applied && failure.kind() != FailureClass.OUTCOME_UNKNOWN) {
                Files.deleteIfExists(keystore.file());
            }
            throw failure;
        }
        return 0;
    }

    @Command(
            name = "card",
            description = "Write a founding member's public card for genesis new; no node is needed.",
            footer = {"  consilium member card st-mary/admin --roles ADMIN --member-key admin.keystore --out admin.json"
            })
    int card(
            @Parameters(paramLabel = "MEMBER", description = "institution/handle: no name of a person.") String name,
            @Option(names = "--roles", required = true, paramLabel = "ROLE,...", description = "Roles, e.g. ADMIN.")
                    List<String> roles,
            @Option(
                            names = "--member-key",
                            required = true,
                            paramLabel = "FILE",
                            description = "The member's keystore; only its public keys are read.")
                    String memberKey,
            @Option(names = "--out", required = true, paramLabel = "FILE", description = "Card to write.") Path out)
            throws Exception {
        FreshKeys keys = FreshKeys.of(UserFiles.existing(memberKey));
        MemberState card = MemberState.newBuilder()
                .setId(Ids.member(name))
                .addAllRoles(sorted(roles))
                .addKeys(MemberKeys.newBuilder().setSigningKey(keys.signing()).setEncryptionKey(keys.encryption()))
                .setActivity(Activity.ACTIVE)
                .setVersion(1)
                .build();
        NodeSetup.writeCard(out, card);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("member", card.getId());
        result.put("card", out.toString());
        session.output().result(result);
        return 0;
    }

    private static List<String> sorted(List<String> roles) {
        return Words.of(roles).stream()
                .map(role -> role.toUpperCase(Locale.ROOT))
                .sorted()
                .distinct()
                .toList();
    }

    @Command(
            name = "list",
            description = "List an institution's members.",
            footer = {"  consilium member list", "  consilium member list --institution riverside -o json"})
    int list(
            @Option(
                            names = "--institution",
                            paramLabel = "ID",
                            description = "Institution (default: the acting member's).")
                    Optional<String> institution,
            @Mixin Pages.Paging paging)
            throws Exception {
        String slug = institution.isPresent() ? Ids.institution(institution.get()) : session.institution();
        new Pages(session)
                .print(
                        "members",
                        "institution/" + slug,
                        paging,
                        MemberState.parser(),
                        List.of("id", "roles", "status", "signingKey"),
                        MemberCommands::describe);
        return 0;
    }

    @Command(
            name = "suspend",
            description = "Suspend a member of your institution, or take one back.",
            footer = {
                "  consilium --context st-mary/admin member suspend st-mary/dr-adams",
                "  consilium --context st-mary/admin member suspend st-mary/dr-adams --reinstate"
            })
    int suspend(
            @Parameters(paramLabel = "MEMBER", description = "institution/handle, or a handle of your own institution.")
                    String name,
            @Option(names = "--reinstate", description = "Take a suspended member back.") boolean reinstate)
            throws Exception {
        String member = Ids.member(name.contains("/") ? name : session.institution() + "/" + name);
        MemberSuspend suspend = MemberSuspend.newBuilder()
                .setMember(member)
                .setReinstate(reinstate)
                .build();
        new Writes(session).submitAndPrint(body -> body.setMemberSuspend(suspend), Map.of("member", member));
        return 0;
    }

    @Command(
            name = "rotate-key",
            description = {
                "Give a member fresh keys, as an ADMIN of its institution; old signatures stay verifiable.",
                "Your own keystore is replaced once the chain has the new keys; the old one is kept beside it."
            },
            footer = {
                "  consilium --context st-mary/admin member rotate-key",
                "  consilium --context st-mary/admin member rotate-key st-mary/dr-adams --member-key new.keystore"
            })
    int rotateKey(
            @Parameters(paramLabel = "MEMBER", arity = "0..1", description = "Whose keys (default: your own).")
                    Optional<String> name,
            @Option(
                            names = "--member-key",
                            paramLabel = "FILE",
                            description = "Keystore with the new keys; it is needed for another member.")
                    Optional<Path> memberKey)
            throws Exception {
        String member = Ids.member(name.orElse(session.actor()));
        boolean own = member.equals(session.actor()) && memberKey.isEmpty();
        if (!own && memberKey.isEmpty()) {
            throw new MalformedInput(
                    "--member-key",
                    "The new keys of another member must come from that member",
                    "Give --member-key FILE, a keystore made by: consilium key new FILE");
        }
        session.identity();
        Path current = session.context().key().orElseThrow();
        Path next = own ? sibling(current, ".next") : memberKey.orElseThrow();
        if (own && !session.options().dryRun) {
            UserFiles.requireAbsent(next);
            FreshKeys.create(
                    next,
                    new Passwords(session).of(current),
                    Keystore.describe(current).cost());
        }
        FreshKeys keys = own && session.options().dryRun ? FreshKeys.of(current) : FreshKeys.of(next);
        MemberRotateKey rotate = MemberRotateKey.newBuilder()
                .setMember(member)
                .setSigningKey(keys.signing())
                .setEncryptionKey(keys.encryption())
                .build();
        Writes writes = new Writes(session);
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("member", member);
        ids.put("signingKey", key(keys.signing()));
        boolean applied = false;
        try {
            Writes.Written written = writes.submit(body -> body.setMemberRotateKey(rotate), ids);
            applied = written.applied();
            if (own && applied) {
                replace(current, next);
            }
            writes.print(written);
        } catch (ClientException failure) {
            if (own && !applied && failure.kind() == FailureClass.OUTCOME_UNKNOWN) {
                session.output().say("The new keys are in " + next + ": use them if the transaction is applied.");
            } else if (own && !applied) {
                Files.deleteIfExists(next);
            }
            throw failure;
        }
        return 0;
    }

    private void replace(Path current, Path next) throws IOException {
        Path previous = sibling(current, ".previous");
        Files.copy(current, previous, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
        session.output().say("The old keystore is kept as " + previous);
    }

    private static Path sibling(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    static Map<String, Object> describe(MemberState member) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", member.getId());
        object.put("roles", List.copyOf(member.getRolesList()));
        object.put("status", member.getActivity().name());
        if (member.getKeysCount() > 0) {
            MemberKeys newest = member.getKeys(member.getKeysCount() - 1);
            object.put("signingKey", key(newest.getSigningKey()));
            object.put("encryptionKey", key(newest.getEncryptionKey()));
            object.put("keysSince", Dates.text(newest.getPeriod().getStartMillis()));
        }
        object.put("version", member.getVersion());
        return object;
    }

    /** {@code ed25519:…} or {@code x25519:…}; empty for no key. */
    static String key(KeyValue key) {
        return key.getKey().isEmpty()
                ? ""
                : key.getAlgorithm().name().toLowerCase(Locale.ROOT) + ":"
                        + HexFormat.of().formatHex(key.getKey().toByteArray());
    }
}
