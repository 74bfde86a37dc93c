package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.proto.DrugFind;
import io.consilium.proto.DrugFound;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.InstitutionState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Containers by their SSCC. The id of each was made by whoever packed it first: the holder of the prefix, this institution,
 * or one that has sent something to here. Each of these is asked for once, whatever number of SSCCs there is.
 */
final class PackContainers {
    private static final int MAX_ASKED = 4_096;

    private final Session session;
    private final DrugDesk desk;
    private final Map<Gs1Key, Optional<Container>> looked = new LinkedHashMap<>();
    private Optional<Set<String>> senders = Optional.empty();

    PackContainers(Session session, DrugDesk desk) {
        this.session = session;
        this.desk = desk;
    }

    /**
     * A container with the key that its id was made with.
     *
     * @param recalled it is here, or on its way to here, with something in it that is recalled or stopped
     */
    record Container(ByteString id, BlindingKey key, boolean recalled) {
        /** Packing of it, without what goes in. */
        DrugPack.Aggregation.Builder packing(Gs1Key sscc) throws ClientException {
            return DrugPack.Aggregation.newBuilder()
                    .setContainerId(id)
                    .setSeed(key.containerSeed(sscc.value()))
                    .setSealedLabel(key.seal(sscc.value()));
        }

        /** The ends of containers, one for each packer, whose key seals the reason. */
        static List<DrugStatusChange.Builder> ends(Collection<Container> containers, String reason)
                throws ClientException {
            Map<String, SortedMap<ByteString, Container>> packers = new LinkedHashMap<>();
            for (Container container : containers) {
                packers.computeIfAbsent(
                                container.key().owner(),
                                packer -> new TreeMap<>(ByteString.unsignedLexicographicalComparator()))
                        .put(container.id(), container);
            }
            List<DrugStatusChange.Builder> ends = new ArrayList<>();
            for (SortedMap<ByteString, Container> packed : packers.values()) {
                BlindingKey key = packed.values().iterator().next().key();
                ends.add(DrugStatusChange.newBuilder()
                        .addAllContainers(packed.keySet())
                        .setSealedReason(key.seal(reason)));
            }
            return ends;
        }

        private static Container of(BlindingKey key, Gs1Key sscc) {
            return new Container(key.containerId(sscc.value()), key, false);
        }
    }

    /** The id that a container would have when this institution packs it. */
    Container toPack(Gs1Key sscc) throws ClientException {
        // under the own prefix there is only one id that it can have
        boolean own = packer(sscc).equals(Optional.of(session.institution()));
        Optional<Container> known = own ? Optional.empty() : existing(sscc);
        return known.isPresent() ? known.get() : Container.of(desk.ownLogistics(), sscc);
    }

    Container require(Gs1Key sscc) throws ClientException {
        return existing(sscc).orElseThrow(DrugDesk::noContainer);
    }

    /**
     * Containers that somebody acts on. Where the node says of none that it knows it, the id that the holder of the prefix
     * would have made is sent all the same, so that the chain refuses and reports goods that nobody sent to here.
     */
    Map<Gs1Key, Container> meant(Collection<Gs1Key> ssccs) throws ClientException {
        Map<Gs1Key, Container> meant = existing(ssccs);
        for (Gs1Key sscc : left(ssccs, meant)) {
            Optional<String> packer = packer(sscc);
            if (packer.isPresent()) {
                desk.logistics(packer.get()).ifPresent(key -> meant.put(sscc, Container.of(key, sscc)));
            }
        }
        return meant;
    }

    /** A container that is on chain and that this institution may see. */
    Optional<Container> existing(Gs1Key sscc) throws ClientException {
        return Optional.ofNullable(existing(List.of(sscc)).get(sscc));
    }

    /** Asks for all containers of a document or file at once, so that none is asked for by itself. */
    void look(Collection<Gs1Key> ssccs) throws ClientException {
        Map<Gs1Key, Container> found = asked(ssccs);
        ssccs.forEach(sscc -> looked.put(sscc, Optional.ofNullable(found.get(sscc))));
    }

    private Map<Gs1Key, Container> existing(Collection<Gs1Key> ssccs) throws ClientException {
        List<Gs1Key> unknown =
                ssccs.stream().filter(sscc -> !looked.containsKey(sscc)).toList();
        Map<Gs1Key, Container> found = unknown.isEmpty() ? new LinkedHashMap<>() : asked(unknown);
        for (Gs1Key sscc : ssccs) {
            looked.getOrDefault(sscc, Optional.empty()).ifPresent(container -> found.put(sscc, container));
        }
        return found;
    }

    private Map<Gs1Key, Container> asked(Collection<Gs1Key> ssccs) throws ClientException {
        Map<Gs1Key, Container> found = new LinkedHashMap<>();
        Map<String, List<Gs1Key>> packers = new LinkedHashMap<>();
        for (Gs1Key sscc : Set.copyOf(ssccs)) {
            packer(sscc).ifPresent(packer -> packers.computeIfAbsent(packer, key -> new ArrayList<>())
                    .add(sscc));
        }
        for (Map.Entry<String, List<Gs1Key>> entry : packers.entrySet()) {
            find(entry.getKey(), entry.getValue(), found);
        }
        String own = session.institution();
        find(own, unasked(own, packers, left(ssccs, found)), found);
        if (left(ssccs, found).isEmpty()) {
            return found;
        }
        for (String sender : senders()) {
            if (!sender.equals(own)) {
                find(sender, unasked(sender, packers, left(ssccs, found)), found);
            }
        }
        return found;
    }

    private static List<Gs1Key> unasked(String packer, Map<String, List<Gs1Key>> asked, List<Gs1Key> ssccs) {
        Set<Gs1Key> before = Set.copyOf(asked.getOrDefault(packer, List.of()));
        return ssccs.stream().filter(sscc -> !before.contains(sscc)).toList();
    }

    private Optional<String> packer(Gs1Key sscc) throws ClientException {
        return desk.owner(sscc).map(InstitutionState::getId);
    }

    private static List<Gs1Key> left(Collection<Gs1Key> ssccs, Map<Gs1Key, Container> found) {
        return ssccs.stream()
                .filter(sscc -> !found.containsKey(sscc))
                .distinct()
                .toList();
    }

    /** Those of the SSCCs that an institution packed first. */
    private void find(String packer, List<Gs1Key> ssccs, Map<Gs1Key, Container> found) throws ClientException {
        Optional<BlindingKey> key = ssccs.isEmpty() ? Optional.empty() : desk.logistics(packer);
        if (key.isEmpty()) {
            return;
        }
        for (int from = 0; from < ssccs.size(); from += MAX_ASKED) {
            Map<ByteString, Gs1Key> asked = new LinkedHashMap<>();
            for (Gs1Key sscc : ssccs.subList(from, Math.min(ssccs.size(), from + MAX_ASKED))) {
                asked.put(key.get().containerId(sscc.value()), sscc);
            }
            DrugFound answer = desk.ask(DrugRequest.newBuilder()
                            .setFind(DrugFind.newBuilder().addAllContainers(asked.keySet()))
                            .build())
                    .getFound();
            Set<ByteString> recalled = new LinkedHashSet<>(answer.getRecalledContainersList());
            for (ByteString id : answer.getContainersList()) {
                Gs1Key sscc = asked.get(id);
                if (sscc != null) {
                    found.put(sscc, new Container(id, key.get(), recalled.contains(id)));
                }
            }
        }
    }

    /** Those who take part in a shipment as its senders, listed once. */
    Set<String> senders() throws ClientException {
        if (senders.isEmpty()) {
            Set<String> found = new LinkedHashSet<>();
            desk.list("shipments", "", DrugShipmentState.parser()).forEach(shipment -> found.add(shipment.getFrom()));
            senders = Optional.of(found);
        }
        return senders.get();
    }
}
