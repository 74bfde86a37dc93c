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
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.node.vault.Freshness;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugEventState;
import io.consilium.proto.DrugFind;
import io.consilium.proto.DrugFound;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugResponse;
import io.consilium.proto.DrugTrace;
import io.consilium.proto.DrugTraced;
import io.consilium.proto.DrugVerified;
import io.consilium.proto.DrugVerify;
import java.util.List;
import java.util.Optional;

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
        /** Refuses a caller who searches too often, before anything is searched for. */
        void search(Caller caller);

        /** The search was for what the caller makes, has or supervises: it does not count. */
        void found(Caller caller);

        /** Refuses a caller who has asked for too many packs of others. */
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
        boolean ofPacks = request.getQuestionCase() != DrugRequest.QuestionCase.FIND
                || !request.getFind().getIds().isEmpty();
        if (ofPacks) {
            // what is signed has to be true now: of a recall or a dispensing an old state knows nothing; and a pack
            // that it does
            // not know yet would be taken for a counterfeit
            Freshness.require(node);
        }
        boolean searches = request.getQuestionCase() != DrugRequest.QuestionCase.HOLDERS
                && request.getQuestionCase() != DrugRequest.QuestionCase.QUESTION_NOT_SET;
        if (searches) {
            rate.search(caller);
        }
        try (StateView view = StateView.open(node)) {
            return switch (request.getQuestionCase()) {
                case FIND ->
                    DrugResponse.newBuilder()
                            .setFound(find(caller, request.getFind(), view))
                            .build();
                case VERIFY ->
                    DrugResponse.newBuilder()
                            .setVerified(verified(caller, request.getVerify(), view))
                            .build();
                case TRACE ->
                    DrugResponse.newBuilder()
                            .setTraced(answering.signed(
                                    DrugAnswers.PATH,
                                    traced(caller, request.getTrace(), view).toBuilder()
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
    private DrugVerified verified(Caller caller, DrugVerify verify, StateView view) {
        DrugPolicy policy = new DrugPolicy(view.state());
        DrugProductState product = policy.requireVerifies(caller, verify.getProductId());
        PackSearch search = new PackSearch(view.state());
        Optional<DrugItemState> pack = verify.getItemId().size() == ItemIds.BYTES
                ? search.find(product.getId(), verify.getItemId(), verify.getLotId())
                        .map(PackSearch.Place::item)
                : Optional.empty();
        if (policy.sees(caller, product)
                || pack.filter(found -> policy.holds(caller, search.custody(found)))
                        .isPresent()) {
            rate.found(caller);
        } else {
            rate.require(caller, 1);
        }
        return verifications.verify(caller, verify, pack, view);
    }

    /** Who is shown no path has guessed. */
    private DrugTraced traced(Caller caller, DrugTrace trace, StateView view) {
        DrugTraced traced;
        try {
            traced = new Traces(view, node.nowMillis()).trace(caller, trace);
        } catch (ProblemException nothing) {
            rate.require(caller, 1);
            throw nothing;
        }
        rate.found(caller);
        return traced;
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
            List<PackSearch.Held> own = packs.stream()
                    .filter(pack -> policy.holds(caller, pack.custody()))
                    .toList();
            if (policy.sees(caller, product) || ItemIds.count(ids) == own.size()) {
                rate.found(caller);
            } else {
                rate.require(caller, ItemIds.count(ids) - own.size());
            }
            Recalled recalled = new Recalled(view.state());
            found.setRecalled(ItemIds.join(own.stream()
                    .filter(recalled::is)
                    .map(pack -> pack.set().getIds())
                    .toList()));
            found.addAllItems(
                    PackSearch.joined(packs.stream().map(PackSearch.Held::set).toList()));
        }
        Optional<Caller.Member> reader = DrugPolicy.reader(caller);
        if (reader.isPresent()) {
            containers(caller, find.getContainersList(), view, found);
            if (!find.getEvents().isEmpty() && !ActorName.isSlug(find.getCaptor())) {
                throw ApiProblem.malformed("events are asked for with who captured them", "find.captor")
                        .asException();
            }
            found.setEvents(ItemIds.join(ItemIds.list(find.getEvents()).stream()
                    .filter(id -> view.state()
                            .read(DrugKeys.event(find.getCaptor(), id), DrugEventState.parser())
                            .isPresent())
                    .toList()));
            boolean alone = ids.isEmpty() && find.getProductId().isEmpty();
            boolean own =
                    find.getEvents().isEmpty() || reader.get().institution().equals(find.getCaptor());
            if (alone && own && found.getContainersCount() == find.getContainersCount()) {
                rate.found(caller);
            }
        }
        return found.build();
    }

    private static void containers(Caller caller, List<ByteString> ids, StateView view, DrugFound.Builder found) {
        DrugPolicy policy = new DrugPolicy(view.state());
        PackSearch search = new PackSearch(view.state());
        Recalled recalled = new Recalled(view.state());
        for (ByteString id : ids) {
            Optional<DrugContainerState> container =
                    search.container(id).filter(known -> policy.seesContainer(caller, known));
            if (container.isPresent()) {
                found.addContainers(id);
                if (policy.holds(caller, search.custody(container.get())) && recalled.is(container.get())) {
                    found.addRecalledContainers(id);
                }
            }
        }
    }
}
