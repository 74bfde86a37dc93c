package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.ADMIN;
import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.INSPECTOR;
import static io.consilium.node.api.TestNetwork.NODE;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.OPERATOR;
import static io.consilium.node.api.TestNetwork.PERMIT_AGE_MILLIS;
import static io.consilium.node.api.TestNetwork.PHARMACIST;
import static io.consilium.node.api.TestNetwork.PRIVACY;
import static io.consilium.node.api.TestNetwork.RANDOM;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static io.consilium.node.api.TestNetwork.REVIEWER;
import static io.consilium.node.api.TestNetwork.RIVAL;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.STRANGER_ADMIN;
import static io.consilium.node.api.TestNetwork.STRANGER_PRIVACY;
import static io.consilium.node.api.TestNetwork.TRIAL_RESEARCHER;
import static io.consilium.node.api.TestNetwork.ed25519;
import static io.consilium.node.api.TestNetwork.x25519;

import com.google.protobuf.ByteString;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.X25519;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.genesis.InvalidGenesisException;
import io.consilium.node.config.NodeKeys;
import io.consilium.proto.Activity;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The institutions and people of a test's chain, with their keys, and the genesis that names them. */
final class TestGenesis {
    final Map<String, TestNetwork.Person> people = new TreeMap<>();
    final Map<String, NodeKeys> institutionKeys = new TreeMap<>();
    final GenesisState state;

    TestGenesis(boolean traders) throws InvalidGenesisException {
        for (String slug : List.of("helix", "medwatch", "northside", "riverside", "st-mary", "summit")) {
            institutionKeys.put(slug, NodeKeys.generate(RANDOM));
        }
        GenesisDocument.Builder document = GenesisDocument.newBuilder()
                .setVersion(1)
                .setName("test")
                .setTimeMillis(System.currentTimeMillis() - 10_000)
                .addValidators(NODE)
                .setParameters(ChainParameters.newBuilder()
                        .setPermitAgeMillis(PERMIT_AGE_MILLIS)
                        .setMaxTransactionBytes(262_144)
                        .setMaxBlockBytes(1 << 20)
                        .setMaxBlockTransactions(1_000));
        if (traders) {
            institution(document, "helix", "MANUFACTURER", "SPONSOR");
        } else {
            institution(document, "helix", "SPONSOR");
        }
        institution(document, "medwatch", "ETHICS_COMMITTEE", "REGULATOR");
        if (traders) {
            institution(document, "northside", "PHARMACY");
        }
        institution(document, "riverside", "PROVIDER");
        if (traders) {
            institution(document, NODE, "MANUFACTURER", "PROVIDER", "SPONSOR");
            institution(document, "summit", "WHOLESALER");
        } else {
            institution(document, NODE, "PROVIDER", "SPONSOR");
        }
        member(document, "helix/admin", "ADMIN");
        member(document, RESEARCHER, "RESEARCHER");
        member(document, "medwatch/admin", "ADMIN");
        member(document, INSPECTOR, "AUDITOR");
        member(document, REVIEWER, "REVIEWER");
        if (traders) {
            member(document, "northside/admin", "ADMIN");
            member(document, PHARMACIST, "PHARMACIST");
        }
        member(document, STRANGER_ADMIN, "ADMIN");
        member(document, STRANGER, "CLINICIAN");
        member(document, STRANGER_PRIVACY, "PRIVACY_OFFICER");
        member(document, ADMIN, "ADMIN");
        member(document, OFFICER, "CONSENT_OFFICER");
        member(document, CLINICIAN, "CLINICIAN");
        member(document, OPERATOR, "OPERATOR");
        member(document, PRIVACY, "PRIVACY_OFFICER");
        member(document, TRIAL_RESEARCHER, "RESEARCHER");
        if (traders) {
            member(document, "summit/admin", "ADMIN");
            member(document, RIVAL, "OPERATOR");
        }
        state = GenesisState.of(document.build());
    }

    /** As {@code genesis new} writes it. */
    String json() {
        return "{\"chainId\":\"" + state.chainId().hex() + "\",\"genesis\":\""
                + Base64.getEncoder().encodeToString(state.canonicalBytes()) + "\"}";
    }

    private void institution(GenesisDocument.Builder document, String slug, String... roles) {
        NodeKeys keys = institutionKeys.get(slug);
        InstitutionState.Builder state = InstitutionState.newBuilder()
                .setId(slug)
                .setLegalName(slug)
                .addAllRoles(List.of(roles))
                .setGln(gln(document.getInstitutionsCount()))
                .setSigningKey(ed25519(keys.institutionSigning().publicKey().bytes()))
                .setEncryptionKey(x25519(keys.institutionEncryption().publicKey()))
                .setActivity(Activity.ACTIVE)
                .setVersion(1);
        if (slug.equals(NODE) || slug.equals("riverside")) {
            state.setApiEndpoint("https://127.0.0.1:1")
                    .setApiTlsSpkiSha256(
                            ByteString.copyFrom(keys.apiTlsSpkiSha256().toBytes()))
                    .setPeerEndpoint("127.0.0.1:1")
                    .setPeerTlsKey(ed25519(keys.peerTlsKey().bytes()));
        }
        if (slug.equals(NODE)) {
            state.setValidatorKey(ed25519(keys.validator().publicKey().bytes()));
        }
        document.addInstitutions(state);
    }

    /** Thirteen digits with a check digit (GS1). */
    private static String gln(int index) {
        String digits = "06141410000" + index;
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            sum += (digits.charAt(i) - '0') * (i % 2 == 0 ? 1 : 3);
        }
        return digits + (10 - sum % 10) % 10;
    }

    private void member(GenesisDocument.Builder document, String id, String role) {
        TestNetwork.Person person = new TestNetwork.Person(id, KeyPair.generate(RANDOM), X25519.generate(RANDOM));
        people.put(id, person);
        document.addMembers(MemberState.newBuilder()
                .setId(id)
                .addRoles(role)
                .addKeys(MemberKeys.newBuilder()
                        .setSigningKey(ed25519(person.signing().publicKey().bytes()))
                        .setEncryptionKey(x25519(person.encryption().publicKey())))
                .setActivity(Activity.ACTIVE)
                .setVersion(1));
    }
}
