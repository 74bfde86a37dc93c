package io.consilium.node.provenance;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Signer;
import io.consilium.ledger.provenance.DrugAnswers;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.StateView;
import io.consilium.node.vault.Freshness;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugEventState;
import io.consilium.proto.DrugFind;
import io.consilium.proto.DrugFound;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugResponse;
import io.consilium.proto.DrugVerify;
import java.util.List;

/** Answers what trading partners ask about packs: where they lie, whether they are genuine, where they have been. */
public final class DrugQueries {
    private static final int MAX_IDS = 15_000;
    private static final int MAX_CONTAINERS = 4_096;

    private final NodeGateway node;
    private final Verifications verifications;
    private final Answering answering;
    private final Rate rate;

    /** How many packs of others somebody asks for in a time: a guess at a serial costs as much as a request (DRU-9). */
    public interface Rate {
        /** Refuses a caller who has asked for too many. */
        void require(Caller caller, long packs);
    }

    /** @param institution signs answers, so that they are evidence (DRU-7) */
    public DrugQueries(NodeGateway node, Signer institution, Rate rate) {
        this.node = node;
        this.verifications = new Verifications(node, institution);
        this.answering = new Answering(node, institution);
        this.rate = rate;
    }

    public DrugResponse answer(Caller caller, DrugRequest request) {
        if (request.getQuestionCase() != DrugRequest.QuestionCase.FIND) {
            // what is signed has to be true now: of a recall or a dispensing an old state knows nothing
            Freshness.require(node);
        }
        try (StateView view = StateView.open(node)) {
            return switch (request.getQuestionCase()) {
                case FIND ->
                    DrugResponse.newBuilder()
                            .setFound(find(caller, request.getFind(), view))
                            .build();
                case VERIFY -> {
                    DrugPolicy policy = new DrugPolicy(view.state());
                    DrugVerify verify = request.getVerify();
                    DrugProductState product = policy.requireVerifies(caller, verify.getProductId());
                    if (!policy.sees(caller, product) && !holds(caller, verify, policy, view)) {
                        rate.require(caller, 1);
                    }
                    yield DrugResponse.newBuilder()
                            .setVerified(verifications.verify(caller, verify, view))
                            .build();
                }
                case TRACE ->
                    DrugResponse.newBuilder()
                            .setTraced(answering.signed(
                                    DrugAnswers.PATH,
                                    new Traces(view, node.nowMillis())
                                            .trace(caller, request.getTrace()).toBuilder()
                                                    .setAnswered(answering.by(caller, view))
                                                    .build()))
                            .build();
                case HOLDERS ->
                    DrugResponse.newBuilder()
                            .setHeld(answering.signed(
                                    DrugAnswers.HOLDERS,
                                    new Holders(view)
                                            .of(caller, request.getHolders()).toBuilder()
                                                    .setAnswered(answering.by(caller, view))
                                                    .build()))
                            .build();
                case QUESTION_NOT_SET ->
                    throw ApiProblem.malformed("a question is find, verify, trace or holders", "question")
                            .asException();
            };
        }
    }

    /** A pharmacy checks what it has on its shelf at any rate: only who asks for packs of others can be guessing. */
    private static boolean holds(Caller caller, DrugVerify verify, DrugPolicy policy, StateView view) {
        return verify.getItemId().size() == ItemIds.BYTES
                && new PackSearch(view.state())
                        .places(verify.getProductId(), List.of(verify.getItemId())).stream()
                                .anyMatch(pack -> policy.holds(caller, pack.custody()));
    }

    private DrugFound find(Caller caller, DrugFind find, StateView view) {
        ByteString ids = find.getIds();
        if (ids.size() % ItemIds.BYTES != 0
                || find.getEvents().size() % ItemIds.BYTES != 0
                || ids.size() / ItemIds.BYTES > MAX_IDS
                || find.getEvents().size() / ItemIds.BYTES > MAX_IDS
                || find.getContainersCount() > MAX_CONTAINERS) {
            throw ApiProblem.malformed("at most " + MAX_IDS + " ids of 16 bytes can be asked for", "find")
                    .asException();
        }
        DrugFound.Builder found = DrugFound.newBuilder();
        DrugPolicy policy = new DrugPolicy(view.state());
        if (!ids.isEmpty() || !find.getProductId().isEmpty()) {
            DrugProductState product = policy.requireVerifies(caller, find.getProductId());
            found.setSealedProduct(product.getSealedMetadata());
            List<PackSearch.Held> packs = new PackSearch(view.state()).places(find.getProductId(), ItemIds.list(ids));
            long own = packs.stream()
                    .filter(pack -> policy.holds(caller, pack.custody()))
                    .count();
            if (!policy.sees(caller, product) && ItemIds.count(ids) > own) {
                rate.require(caller, ItemIds.count(ids) - own);
            }
            found.addAllItems(
                    PackSearch.joined(packs.stream().map(PackSearch.Held::set).toList()));
        }
        if (DrugPolicy.reader(caller).isPresent()) {
            find.getContainersList().stream()
                    .filter(id -> view.state()
                            .read(DrugKeys.container(id), DrugContainerState.parser())
                            .filter(container -> policy.seesContainer(caller, container))
                            .isPresent())
                    .forEach(found::addContainers);
            if (!find.getEvents().isEmpty() && !ActorName.isSlug(find.getCaptor())) {
                throw ApiProblem.malformed("events are asked for with who captured them", "find.captor")
                        .asException();
            }
            found.setEvents(ItemIds.join(ItemIds.list(find.getEvents()).stream()
                    .filter(id -> view.state()
                            .read(DrugKeys.event(find.getCaptor(), id), DrugEventState.parser())
                            .isPresent())
                    .toList()));
        }
        return found.build();
    }
}
