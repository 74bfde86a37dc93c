package io.consilium.bench.packs;

/**
 * How many packs are made.
 *
 * @param packs measured, a multiple of {@link #ON_A_PALLET}
 * @param warmUpPacks made of another product before, likewise
 * @param lines packing lines that work side by side, each waiting for its receipts
 * @param pallets shipped of each size, one after the other; 0 measures none
 */
public record PackOptions(int packs, int warmUpPacks, int lines, int pallets) {
    public static final int IN_A_CASE = 100;
    public static final int ON_A_PALLET = 10_000;
    public static final int MAX_PACKS = 10_000_000;
    public static final int MAX_LINES = 64;
    private static final int MAX_PALLETS = 1_000;

    public PackOptions {
        require(packs, ON_A_PALLET, MAX_PACKS, "the number of packs");
        require(warmUpPacks, 0, MAX_PACKS, "the number of packs before measuring");
        if (packs % ON_A_PALLET != 0 || warmUpPacks % ON_A_PALLET != 0) {
            throw new IllegalArgumentException("packs are made by whole pallets of " + ON_A_PALLET);
        }
        require(lines, 1, MAX_LINES, "the number of lines");
        require(pallets, 0, Math.min(MAX_PALLETS, packs / ON_A_PALLET), "the number of pallets shipped");
    }

    private static void require(int value, int least, int most, String what) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most);
        }
    }
}
