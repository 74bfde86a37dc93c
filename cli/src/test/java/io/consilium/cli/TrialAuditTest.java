package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.proto.TrialCheckResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TrialAuditTest {
    private static String failing(FailureClass kind, String code) throws ClientException {
        return TrialAudit.checked(() -> {
            throw new ClientException(kind, code, "It does not open", "Ask again");
        });
    }

    @Test
    @DisplayName("TRI-5 a dataset that cannot be checked is told in its line, and the others are checked all the same")
    void oneBadDatasetDoesNotEndTheAudit() throws Exception {
        assertThat(TrialAudit.checked(TrialCheckResponse::getDefaultInstance)).isEqualTo("ok");
        assertThat(TrialAudit.checked(() -> TrialCheckResponse.newBuilder()
                        .setPath("rows[1].AGE")
                        .setFault("a number expected")
                        .build()))
                .isEqualTo("rows[1].AGE: a number expected");
        assertThat(TrialAudit.checked(() -> TrialCheckResponse.newBuilder()
                        .setNotCompared("PAYLOAD_NOT_HELD: it is not here")
                        .build()))
                .isEqualTo("ok, but not compared with the version before: PAYLOAD_NOT_HELD: it is not here");
        assertThat(failing(FailureClass.REFUSED, "ENVELOPE_UNREADABLE"))
                .isEqualTo("ENVELOPE_UNREADABLE: It does not open");
        assertThat(failing(FailureClass.NOT_FOUND, "NOT_FOUND")).startsWith("NOT_FOUND: ");
        assertThat(failing(FailureClass.UNREACHABLE, "PAYLOAD_NOT_HELD")).startsWith("PAYLOAD_NOT_HELD: ");
        assertThatThrownBy(() -> failing(FailureClass.DENIED, "ROLE_REQUIRED")).isInstanceOf(ClientException.class);
        assertThatThrownBy(() -> failing(FailureClass.UNREACHABLE, "NODE_UNREACHABLE"))
                .isInstanceOf(ClientException.class);
    }
}
