package io.consilium.ledger.genesis;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Activity;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberState;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The strict checks of a genesis document, stopping at the first fault. */
final class GenesisCheck {
    static final int VERSION = 1;
    static final int MAX_INSTITUTIONS = 1_024;
    static final int MAX_MEMBERS = 100_000;
    static final int MAX_NAME_CHARACTERS = 200;
    static final int MAX_ENDPOINT_CHARACTERS = 256;
    static final int KEY_BYTES = 32;
    static final int GLN_DIGITS = 13;
    static final long MAX_BREAK_GLASS_PERMIT_MILLIS = 24 * 3_600_000L;
    static final long MAX_BREAK_GLASS_REVIEW_MILLIS = 30 * 24 * 3_600_000L;
    static final long MAX_PERMIT_AGE_MILLIS = 24 * 3_600_000L;
    static final int MIN_TRANSACTION_BYTES = 1_024;
    static final int MAX_BLOCK_BYTES = 32 * 1024 * 1024;
    static final int MAX_BLOCK_TRANSACTIONS = 100_000;

    private final GenesisDocument document;
    private final SortedMap<String, InstitutionState> institutions = new TreeMap<>();
    private final TreeSet<String> companyPrefixes = new TreeSet<>();
    private final Ed25519Verifier keys = new Ed25519Verifier(1);

    private GenesisCheck(GenesisDocument document) {
        this.document = document;
    }

    static void check(GenesisDocument document) throws InvalidGenesisException {
        GenesisCheck check = new GenesisCheck(document);
        check.head();
        check.institutions();
        check.members();
        check.validators();
        check.parameters(document.getParameters());
    }

    private void head() throws InvalidGenesisException {
        require(document.getVersion() == VERSION, "version", "is " + VERSION + ", not " + document.getVersion());
        text(document.getName(), 1, MAX_NAME_CHARACTERS, "name");
        require(document.getTimeMillis() > 0, "time_millis", "is a time after 1970");
    }

    private void institutions() throws InvalidGenesisException {
        int count = document.getInstitutionsCount();
        require(count >= 1 && count <= MAX_INSTITUTIONS, "institutions", "has 1 to " + MAX_INSTITUTIONS + " entries");
        TreeSet<String> glns = new TreeSet<>();
        String previous = "";
        for (InstitutionState institution : document.getInstitutionsList()) {
            String path = "institutions[" + institution.getId() + "]";
            require(ActorName.isSlug(institution.getId()), path + ".id", SLUG);
            require(institution.getId().compareTo(previous) > 0, path, "is repeated or out of order: sort by id");
            previous = institution.getId();
            institution(institution, path);
            boolean fresh = institution.getGln().isEmpty() || glns.add(institution.getGln());
            require(fresh, path + ".gln", "belongs to another institution already");
            institutions.put(institution.getId(), institution);
        }
    }

    private void institution(InstitutionState institution, String path) throws InvalidGenesisException {
        text(institution.getLegalName(), 1, MAX_NAME_CHARACTERS, path + ".legal_name");
        ascending(institution.getRolesList(), path + ".roles");
        for (String role : institution.getRolesList()) {
            require(InstitutionRole.of(role).isPresent(), path + ".roles", "has the unknown role " + role);
        }
        require(
                institution.getGln().isEmpty() || isGln(institution.getGln()),
                path + ".gln",
                "has 13 digits, the last" + " of them the GS1 check digit");
        String api = institution.getApiEndpoint();
        text(api, 0, MAX_ENDPOINT_CHARACTERS, path + ".api_endpoint");
        require(api.isEmpty() || api.startsWith("https://"), path + ".api_endpoint", "is an https:// address");
        ByteString spki = institution.getApiTlsSpkiSha256();
        require(spki.isEmpty() || spki.size() == KEY_BYTES, path + ".api_tls_spki_sha256", "has 32 bytes");
        require(api.isEmpty() || !spki.isEmpty(), path + ".api_tls_spki_sha256", "is needed with an api_endpoint");
        signingKey(institution.getSigningKey(), path + ".signing_key");
        encryptionKey(institution.getEncryptionKey(), path + ".encryption_key");
        peer(institution, path);
        require(institution.getActivity() == Activity.ACTIVE, path + ".activity", "is ACTIVE at genesis");
        require(institution.getVersion() == 1, path + ".version", "is 1 at genesis");
        prefixes(institution, path + ".company_prefixes");
    }

    /** A GS1 company prefix has 4 to 12 digits, and no two begin alike: a GTIN tells its one owner (DRU-2). */
    private void prefixes(InstitutionState institution, String path) throws InvalidGenesisException {
        require(institution.getCompanyPrefixesCount() <= MAX_PREFIXES, path, "has at most " + MAX_PREFIXES);
        for (String prefix : institution.getCompanyPrefixesList()) {
            boolean digits = prefix.length() >= 4
                    && prefix.length() <= 12
                    && prefix.chars().allMatch(c -> c >= '0' && c <= '9');
            require(digits, path, "has 4 to 12 digits each");
            for (String other : companyPrefixes) {
                require(
                        !prefix.startsWith(other) && !other.startsWith(prefix),
                        path,
                        "has one that begins like another's");
            }
            companyPrefixes.add(prefix);
        }
    }

    private void peer(InstitutionState institution, String path) throws InvalidGenesisException {
        String peer = institution.getPeerEndpoint();
        require(peer.isEmpty() || isHostAndPort(peer), path + ".peer_endpoint", "is host:port");
        require(
                peer.isEmpty() != institution.hasPeerTlsKey(),
                path + ".peer_tls_key",
                "and peer_endpoint are given together");
        if (institution.hasPeerTlsKey()) {
            signingKey(institution.getPeerTlsKey(), path + ".peer_tls_key");
        }
        if (institution.hasValidatorKey()) {
            signingKey(institution.getValidatorKey(), path + ".validator_key");
            require(!peer.isEmpty(), path + ".peer_endpoint", "is needed by a validator");
        }
    }

    private void members() throws InvalidGenesisException {
        require(document.getMembersCount() <= MAX_MEMBERS, "members", "has at most " + MAX_MEMBERS + " entries");
        TreeSet<String> administered = new TreeSet<>();
        SortedMap<PublicKey, String> owners = new TreeMap<>();
        String previous = "";
        for (MemberState member : document.getMembersList()) {
            String path = "members[" + member.getId() + "]";
            boolean named = ActorName.parse(member.getId()).orElse(null) instanceof ActorName.Member;
            require(named, path + ".id", "is written institution/handle");
            require(member.getId().compareTo(previous) > 0, path, "is repeated or out of order: sort by id");
            previous = member.getId();
            member(member, path);
            String other = owners.putIfAbsent(
                    PublicKey.ed25519(member.getKeys(0).getSigningKey().getKey().toByteArray()), member.getId());
            require(other == null, path + ".keys", "has the signing key of " + other);
            if (member.getRolesList().contains(MemberRole.ADMIN.name())) {
                administered.add(ActorName.institutionOf(member.getId()));
            }
        }
        for (String institution : institutions.keySet()) {
            require(
                    administered.contains(institution),
                    "institutions[" + institution + "]",
                    "needs a member with the role ADMIN");
        }
    }

    private void member(MemberState member, String path) throws InvalidGenesisException {
        InstitutionState institution = institutions.get(ActorName.institutionOf(member.getId()));
        if (institution == null) {
            throw InvalidGenesisException.at(path, "is of an institution that is not in the document");
        }
        ascending(member.getRolesList(), path + ".roles");
        for (String name : member.getRolesList()) {
            MemberRole role = MemberRole.of(name)
                    .orElseThrow(() -> InvalidGenesisException.at(path + ".roles", "has the unknown role " + name));
            require(
                    role.canBeGivenBy(institution.getRolesList()),
                    path + ".roles",
                    "has the role " + name + ", which this institution cannot give");
        }
        require(member.getKeysCount() == 1, path + ".keys", "has one entry at genesis");
        require(!member.getKeys(0).hasPeriod(), path + ".keys", "has no period at genesis");
        signingKey(member.getKeys(0).getSigningKey(), path + ".keys.signing_key");
        encryptionKey(member.getKeys(0).getEncryptionKey(), path + ".keys.encryption_key");
        require(member.getActivity() == Activity.ACTIVE, path + ".activity", "is ACTIVE at genesis");
        require(member.getVersion() == 1, path + ".version", "is 1 at genesis");
    }

    private void validators() throws InvalidGenesisException {
        int count = document.getValidatorsCount();
        require(
                count >= 1 && count <= ValidatorSet.MAX_VALIDATORS,
                "validators",
                "has 1 to " + ValidatorSet.MAX_VALIDATORS + " entries");
        TreeSet<String> named = new TreeSet<>();
        TreeSet<PublicKey> distinct = new TreeSet<>();
        for (String slug : document.getValidatorsList()) {
            InstitutionState institution = institutions.get(slug);
            if (institution == null) {
                throw InvalidGenesisException.at("validators", "names " + slug + ", which is not in the document");
            }
            require(institution.hasValidatorKey(), "institutions[" + slug + "].validator_key", "is missing");
            require(named.add(slug), "validators", "names " + slug + " twice");
            PublicKey key =
                    PublicKey.ed25519(institution.getValidatorKey().getKey().toByteArray());
            require(distinct.add(key), "institutions[" + slug + "].validator_key", "is another validator's too");
        }
        for (InstitutionState institution : institutions.values()) {
            require(
                    !institution.hasValidatorKey() || named.contains(institution.getId()),
                    "institutions[" + institution.getId() + "].validator_key",
                    "is given, but validators does not name the institution");
        }
    }

    private void parameters(ChainParameters parameters) throws InvalidGenesisException {
        require(
                parameters.getPermitAgeMillis() >= 1_000 && parameters.getPermitAgeMillis() <= MAX_PERMIT_AGE_MILLIS,
                "parameters.permit_age_millis",
                "is 1 second to 24 hours");
        // ACC-3; 0 means the default
        duration(
                parameters.getBreakGlassPermitMillis(),
                MAX_BREAK_GLASS_PERMIT_MILLIS,
                "parameters.break_glass_permit_millis",
                "is 0 or 1 second to 24 hours");
        duration(
                parameters.getBreakGlassReviewMillis(),
                MAX_BREAK_GLASS_REVIEW_MILLIS,
                "parameters.break_glass_review_millis",
                "is 0 or 1 second to 30 days");
        int transactionBytes = parameters.getMaxTransactionBytes();
        require(
                transactionBytes >= MIN_TRANSACTION_BYTES && transactionBytes <= ParsedTransaction.MAX_BYTES,
                "parameters.max_transaction_bytes",
                "is " + MIN_TRANSACTION_BYTES + " to " + ParsedTransaction.MAX_BYTES);
        int blockBytes = parameters.getMaxBlockBytes();
        require(
                blockBytes >= 2 * transactionBytes && blockBytes <= MAX_BLOCK_BYTES,
                "parameters.max_block_bytes",
                "is twice max_transaction_bytes to " + MAX_BLOCK_BYTES);
        int blockTransactions = parameters.getMaxBlockTransactions();
        require(
                blockTransactions >= 1 && blockTransactions <= MAX_BLOCK_TRANSACTIONS,
                "parameters.max_block_transactions",
                "is 1 to " + MAX_BLOCK_TRANSACTIONS);
    }

    private static void duration(long millis, long max, String path, String fault) throws InvalidGenesisException {
        require(millis == 0 || millis >= 1_000 && millis <= max, path, fault);
    }

    private void signingKey(KeyValue key, String path) throws InvalidGenesisException {
        boolean shaped =
                key.getAlgorithm() == KeyAlgorithm.ED25519 && key.getKey().size() == KEY_BYTES;
        require(
                shaped && keys.accepts(PublicKey.ed25519(key.getKey().toByteArray())),
                path,
                "is no Ed25519 key that could sign (ID-4)");
    }

    private static void encryptionKey(KeyValue key, String path) throws InvalidGenesisException {
        boolean shaped =
                key.getAlgorithm() == KeyAlgorithm.X25519 && key.getKey().size() == KEY_BYTES;
        require(
                shaped && !key.getKey().equals(ByteString.copyFrom(new byte[KEY_BYTES])),
                path,
                "is no X25519 key of 32 bytes");
    }

    private static void ascending(List<String> roles, String path) throws InvalidGenesisException {
        require(!roles.isEmpty(), path, "has at least one entry");
        for (int i = 1; i < roles.size(); i++) {
            require(roles.get(i - 1).compareTo(roles.get(i)) < 0, path, "is sorted and without repetition");
        }
    }

    private static void text(String text, int min, int max, String path) throws InvalidGenesisException {
        boolean fits = text.length() >= min && text.length() <= max;
        require(
                fits && text.chars().noneMatch(c -> c < ' ' || c == 0x7f),
                path,
                "has " + min + " to " + max + " characters and no control character");
    }

    private static boolean isHostAndPort(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        boolean digits = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        return colon > 0
                && text.length() <= MAX_ENDPOINT_CHARACTERS
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f)
                && digits
                && Integer.parseInt(port) >= 1
                && Integer.parseInt(port) <= 65_535;
    }

    /** GS1 check digit: weights 1 and 3 in turn, the sum a multiple of ten. */
    private static boolean isGln(String text) {
        if (text.length() != GLN_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < GLN_DIGITS; i++) {
            sum += (text.charAt(i) - '0') * (i % 2 == 0 ? 1 : 3);
        }
        return sum % 10 == 0;
    }

    private static void require(boolean holds, String path, String reason) throws InvalidGenesisException {
        if (!holds) {
            throw InvalidGenesisException.at(path, reason);
        }
    }

    private static final int MAX_PREFIXES = 64;
    private static final String SLUG = "has 1 to 30 lowercase letters, digits and inner hyphens";
}
