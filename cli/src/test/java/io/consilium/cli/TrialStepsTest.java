package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.NodeUnreachable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialStepsTest {
    private static final List<String> SITES = List.of("alpha", "riverside", "st-mary");
    private static final ByteString FOUND = ByteString.copyFromUtf8("nullifier");
    private static final String ID = "00112233445566778899aabbccddeeff";

    @TempDir
    Path home;

    private final List<String> asked = new ArrayList<>();

    private static ClientException failure(FailureClass kind) {
        return new ClientException(kind, kind.name(), "cause", "hint");
    }

    private ByteString ask(ClientException alpha, ClientException riverside) throws ClientException {
        return TrialSteps.firstOf(
                SITES,
                site -> {
                    asked.add(site);
                    if (site.equals("st-mary")) {
                        return FOUND;
                    }
                    throw site.equals("alpha") ? alpha : riverside;
                },
                failure(FailureClass.NOT_FOUND));
    }

    @Test
    @DisplayName("TRI-4 a site that runs no node, or whose node is down, does not end the search for the custodian")
    void tri4_silentSites() throws Exception {
        assertThat(ask(new NodeUnreachable("The custodian alpha runs no node"), failure(FailureClass.NOT_FOUND)))
                .isEqualTo(FOUND);
        assertThat(asked).isEqualTo(SITES);
        asked.clear();
        assertThatThrownBy(() -> ask(failure(FailureClass.DENIED), failure(FailureClass.NOT_FOUND)))
                .hasMessage("cause");
        assertThat(asked).as("a refusal ends it").containsExactly("alpha");
    }

    @Test
    @DisplayName("TRI-4 where nobody knows the patient that is told, but a silent node is told first")
    void tri4_nobodyKnows() {
        ClientException nobody = failure(FailureClass.NOT_FOUND);
        assertThatThrownBy(() -> TrialSteps.firstOf(
                        SITES,
                        site -> {
                            throw failure(FailureClass.NOT_FOUND);
                        },
                        nobody))
                .isSameAs(nobody);
        assertThatThrownBy(() -> TrialSteps.firstOf(
                        SITES,
                        site -> {
                            throw site.equals("riverside")
                                    ? new NodeUnreachable("riverside is down")
                                    : failure(FailureClass.NOT_FOUND);
                        },
                        nobody))
                .hasMessageContaining("riverside is down");
    }

    @Test
    @DisplayName("TRI-4 a signed form without the version of the form is a usage error, not a look at the subject")
    void tri4_evidenceOfAForm() throws Exception {
        Path form = Files.writeString(home.resolve("form.pdf"), "signed");
        for (List<String> more : List.of(List.<String>of(), List.of("--status", "on-study"))) {
            List<String> words =
                    new ArrayList<>(List.of("trial", "subject", ID, ID, "--evidence", form.toString(), "-o", "json"));
            words.addAll(more);
            CommandLineRun run = CommandLineRun.of(home, words.toArray(String[]::new));
            assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
            assertThat(run.error().get("path")).isEqualTo("--icf-version");
        }
    }
}
