package io.consilium.interop.epcis;

/**
 * What a document may hold at most; tried while it is read, before anything is built of it. A document at every bound is
 * read and hashed in the 256 MiB that the command line gives itself.
 */
public final class EpcisLimits {
    /** Bytes of a document: some 300,000 packs. */
    public static final int MAX_BYTES = 16 * 1024 * 1024;

    public static final int MAX_EVENTS = 50_000;

    /** Levels of objects and lists, or of elements. */
    public static final int MAX_DEPTH = 48;

    /** Values of one event, or of the header. */
    public static final int MAX_VALUES = 250_000;

    /** Characters of a name or a value. */
    public static final int MAX_TEXT = 64 * 1024;

    public static final int MAX_NUMBER = 64;

    /** A number's power of ten in either direction. */
    static final int MAX_EXPONENT = 100;

    /** Attributes and namespace declarations of an XML element. */
    static final int MAX_ATTRIBUTES = 64;

    /** Prefixes that a document and one event declare. */
    static final int MAX_NAMESPACES = 256;

    private EpcisLimits() {}
}
