package io.consilium.node.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.X25519;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.node.NodeGateway;
import io.consilium.node.NodeStatus;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.ProblemException;
import io.consilium.proto.DrugFind;
import io.consilium.proto.DrugHolders;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugTrace;
import io.consilium.proto.DrugVerify;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A node that is behind may not know of a recall: it signs nothing (DRU-7). */
class StaleNodeTest {
    private static final Caller PHARMACIST =
            new Caller.Member("northside/pharmacist", "northside", Set.of("PHARMACIST"), Set.of("PHARMACY"));

    private final SecureRandom random = new SecureRandom();
    private final KeyPair institution = KeyPair.generate(random);

    @Test
    @DisplayName("DRU-7 a node that is catching up verifies nothing, finds no packs, tells no path and no holders")
    void dru7_behind() {
        DrugQueries queries = new DrugQueries(node(true), institution.signer(), new Unlimited());
        for (DrugRequest.Builder question : List.of(
                DrugRequest.newBuilder().setVerify(DrugVerify.getDefaultInstance()),
                DrugRequest.newBuilder().setFind(DrugFind.newBuilder().setIds(ByteString.copyFrom(new byte[16]))),
                DrugRequest.newBuilder().setTrace(DrugTrace.getDefaultInstance()),
                DrugRequest.newBuilder().setHolders(DrugHolders.getDefaultInstance()))) {
            notCurrent(() -> queries.answer(PHARMACIST, question.build()));
        }
        VerificationResponder responder =
                new VerificationResponder(node(true), institution.signer(), X25519.generate(random));
        notCurrent(() -> responder.verify(
                PHARMACIST, new VerificationResponder.Question("00614141123452", "L1", "A1", "391231", "")));
    }

    @Test
    @DisplayName("DRU-9 who asks too fast is refused before anything is searched for")
    void dru9_chargedFirst() {
        DrugQueries.Rate spent = new DrugQueries.Rate() {
            @Override
            public void search(Caller caller) {
                throw ApiProblem.quota("spent").asException();
            }

            @Override
            public void found(Caller caller) {
                throw new AssertionError("nothing is given back");
            }

            @Override
            public void require(Caller caller, long packs) {
                throw new AssertionError("nothing was found");
            }
        };
        DrugQueries queries = new DrugQueries(node(false), institution.signer(), spent);
        for (DrugRequest.Builder question : List.of(
                DrugRequest.newBuilder().setVerify(DrugVerify.getDefaultInstance()),
                DrugRequest.newBuilder().setTrace(DrugTrace.getDefaultInstance()),
                DrugRequest.newBuilder().setFind(DrugFind.getDefaultInstance()))) {
            assertThatThrownBy(() -> queries.answer(PHARMACIST, question.build()))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            refused -> assertThat(refused.problem().code()).isEqualTo("QUOTA_EXCEEDED"));
        }
    }

    private static final class Unlimited implements DrugQueries.Rate {
        @Override
        public void search(Caller caller) {
            // any number
        }

        @Override
        public void found(Caller caller) {
            // any number
        }

        @Override
        public void require(Caller caller, long packs) {
            // any number
        }
    }

    private static void notCurrent(ThrowingCallable question) {
        assertThatThrownBy(question).isInstanceOfSatisfying(ProblemException.class, refused -> {
            assertThat(refused.problem().code()).isEqualTo("NOT_CURRENT");
            assertThat(refused.problem().httpStatus()).isEqualTo(503);
        });
    }

    /** It tells how it stands, and is asked for nothing else. */
    private NodeGateway node(boolean behind) {
        NodeStatus status = new NodeStatus(
                7,
                Hash.ZERO,
                Hash.ZERO,
                1,
                0,
                "st-mary",
                List.of("st-mary"),
                new ValidatorSet(0, List.of(new Validator("st-mary", institution.publicKey()))),
                true,
                false,
                behind ? Optional.of(9L) : Optional.empty(),
                List.of(),
                0,
                0,
                List.of());
        return (NodeGateway) Proxy.newProxyInstance(
                StaleNodeTest.class.getClassLoader(),
                new Class<?>[] {NodeGateway.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "status" -> status;
                    case "institution" -> "st-mary";
                    default -> throw new AssertionError("asked for " + method.getName());
                });
    }
}
