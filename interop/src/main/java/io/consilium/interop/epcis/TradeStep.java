package io.consilium.interop.epcis;

import io.consilium.interop.gs1.Gs1Key;
import java.time.LocalDate;
import java.util.List;

/** What an event means for goods that are followed pack by pack. */
public sealed interface TradeStep {
    /** Packs came into being. */
    record Commission(List<Gs1Key> packs, String lot, LocalDate expiry) implements TradeStep {
        public Commission {
            packs = List.copyOf(packs);
        }
    }

    /** Packs and containers were put into a container. */
    record Pack(Gs1Key container, List<Gs1Key> children) implements TradeStep {
        public Pack {
            children = List.copyOf(children);
        }
    }

    /** They were taken out; no children means all. */
    record Unpack(Gs1Key container, List<Gs1Key> children) implements TradeStep {
        public Unpack {
            children = List.copyOf(children);
        }
    }

    /**
     * Goods left for a receiver.
     *
     * @param receiver the GLN of a party or place
     * @param returned back to who sent or made them
     */
    record Ship(List<Gs1Key> goods, Gs1Key receiver, boolean returned) implements TradeStep {
        public Ship {
            goods = List.copyOf(goods);
        }
    }

    record Receive(List<Gs1Key> goods) implements TradeStep {
        public Receive {
            goods = List.copyOf(goods);
        }
    }

    /**
     * Packs were handed out, stopped, let go, or their way ended.
     *
     * @param packs of a destruction also containers, with all in them
     */
    record Change(Kind kind, List<Gs1Key> packs) implements TradeStep {
        public Change {
            packs = List.copyOf(packs);
        }
    }

    /** Goods were seen, and nothing about them changed. */
    record Observed() implements TradeStep {}

    /** How a {@link Change} changes packs. */
    enum Kind {
        DISPENSE,
        DISPENSE_PARTIALLY,
        SAMPLE,
        DESTROY,
        /** The identifier is taken off the pack, which has it no longer. */
        DECOMMISSION,
        QUARANTINE,
        RELEASE,
        /** A decommissioning that did not occur is taken back. */
        UNDO
    }
}
