package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.ADMIN;
import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.INSPECTOR;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.OPERATOR;
import static io.consilium.node.api.TestNetwork.PRIVACY;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.STRANGER_ADMIN;
import static io.consilium.node.api.TestNetwork.hex;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.proto.MrnIndexRequest;
import io.consilium.proto.MrnIndexResponse;
import io.consilium.proto.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The index of medical record numbers: whose it is, what it refuses, and what stands on disk (ID-3). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MrnIndexTest {
    private static final String MRN = "4711-UNIQUE-0815";

    private Path directory;
    private TestNetwork net;
    private ByteString patient;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        this.directory = directory;
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private static MrnIndexRequest.Builder number(String mrn) {
        return MrnIndexRequest.newBuilder().setMrn(mrn);
    }

    private ByteString ask(String as, MrnIndexRequest.Builder request) throws Exception {
        return net.ok(as, "MrnIndex", request.build(), MrnIndexResponse.parser())
                .getPatientId();
    }

    private Problem refused(String as, MrnIndexRequest.Builder request) throws Exception {
        return net.refused(as, "MrnIndex", request.build());
    }

    @Test
    @DisplayName("ID-3 a number is linked, found by the institution's staff, and unlinked")
    void id3_linkFindUnlink() throws Exception {
        assertThat(ask(CLINICIAN, number(MRN).setLinkPatientId(patient))).isEqualTo(patient);
        assertThat(ask(CLINICIAN, number(MRN).setLinkPatientId(patient))).isEqualTo(patient);
        for (String as : List.of(CLINICIAN, OFFICER, ADMIN)) {
            assertThat(ask(as, number("  " + MRN + " ").setFind(true))).isEqualTo(patient);
        }
        assertThat(refused(OFFICER, number(MRN).setSystem("urn:other").setFind(true))
                        .getCode())
                .isEqualTo("NOT_FOUND");
        ByteString other = net.patient(OFFICER);
        Problem taken = refused(CLINICIAN, number(MRN).setLinkPatientId(other));
        assertThat(taken.getCode()).isEqualTo("MRN_LINKED");
        assertThat(taken.getExitCode()).isEqualTo(8);
        assertThat(refused(CLINICIAN, number(MRN).setUnlinkPatientId(other)).getCode())
                .isEqualTo("NOT_FOUND");
        assertThat(ask(CLINICIAN, number("second").setLinkPatientId(patient))).isEqualTo(patient);
        assertThat(ask(ADMIN, number("second").setUnlinkPatientId(patient))).isEqualTo(patient);
        assertThat(refused(ADMIN, number("second").setFind(true)).getCode()).isEqualTo("NOT_FOUND");
    }

    @Test
    @DisplayName("ID-3 what was linked and unlinked stays so over a restart of the node")
    void id3_restart() throws Exception {
        ByteString other = net.patient(OFFICER);
        ask(CLINICIAN, number("kept").setLinkPatientId(other));
        ask(CLINICIAN, number("kept").setSystem("urn:oid:1.2.3").setLinkPatientId(patient));
        ask(CLINICIAN, number("dropped").setLinkPatientId(other));
        ask(CLINICIAN, number("dropped").setUnlinkPatientId(other));
        net.restart(() -> net.passTime(2_000));
        assertThat(ask(OFFICER, number("kept").setFind(true))).isEqualTo(other);
        assertThat(ask(OFFICER, number("kept").setSystem("urn:oid:1.2.3").setFind(true)))
                .isEqualTo(patient);
        assertThat(refused(OFFICER, number("dropped").setFind(true)).getCode()).isEqualTo("NOT_FOUND");
        assertThat(refused(CLINICIAN, number("kept").setLinkPatientId(patient)).getCode())
                .isEqualTo("MRN_LINKED");
    }

    @Test
    @DisplayName("ID-3 nobody else asks it: other roles are refused, other institutions are sent to their own node")
    void id3_whoMay() throws Exception {
        ask(CLINICIAN, number(MRN).setLinkPatientId(patient));
        for (String as : List.of(PRIVACY, OPERATOR, RESEARCHER, INSPECTOR, hex(patient))) {
            Problem known = refused(as, number(MRN).setFind(true));
            assertThat(known.getCode()).as(as).isEqualTo("ROLE_REQUIRED");
            assertThat(known).isEqualTo(refused(as, number("unknown").setFind(true)));
        }
        for (String as : List.of(STRANGER, STRANGER_ADMIN)) {
            Problem known = refused(as, number(MRN).setFind(true));
            assertThat(known.getCode()).as(as).isEqualTo("WRONG_NODE");
            assertThat(known).isEqualTo(refused(as, number("unknown").setFind(true)));
        }
    }

    @Test
    @DisplayName(
            "ID-3 only the institution's own patients are linked; what is no number is refused without repeating it")
    void id3_refusals() throws Exception {
        ByteString elsewhere = net.patient(STRANGER_ADMIN);
        assertThat(refused(CLINICIAN, number("x").setLinkPatientId(elsewhere)).getCode())
                .isEqualTo("NOT_FOUND");
        assertThat(refused(CLINICIAN, number("x").setLinkPatientId(id())).getCode())
                .isEqualTo("NOT_FOUND");
        for (String wrong : List.of("", "   ", "a\nb", "n".repeat(65))) {
            Problem problem = refused(CLINICIAN, number(wrong).setFind(true));
            assertThat(problem.getCode()).isEqualTo("MALFORMED_REQUEST");
            assertThat(problem.getError()).doesNotContain("nnnn");
        }
        assertThat(refused(CLINICIAN, number("x")).getCode()).isEqualTo("MALFORMED_REQUEST");
        assertThat(refused(CLINICIAN, number("x").setSystem("s".repeat(201)).setFind(true))
                        .getCode())
                .isEqualTo("MALFORMED_REQUEST");
    }

    @Test
    @DisplayName("ID-3 PRV-1 no file of the node holds the number, as text, hex or base64")
    void id3_nothingOnDisk() throws Exception {
        ask(CLINICIAN, number(MRN).setLinkPatientId(patient));
        refused(STRANGER, number(MRN).setFind(true));
        byte[] bytes = MRN.getBytes(StandardCharsets.UTF_8);
        List<String> spellings = List.of(
                MRN,
                HexFormat.of().formatHex(bytes),
                Base64.getEncoder().withoutPadding().encodeToString(bytes).substring(0, 20));
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(spellings).as(file.toString()).noneMatch(content::contains);
            }
        }
    }
}
