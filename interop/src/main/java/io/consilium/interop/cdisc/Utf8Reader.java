package io.consilium.interop.cdisc;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Text in UTF-8 that tells where it is none. */
final class Utf8Reader extends Reader {
    private static final int BUFFER_BYTES = 8 * 1024;

    private final InputStream in;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private boolean ended;
    private long line = 1;
    private long column = 1;

    Utf8Reader(InputStream in) {
        this.in = in;
    }

    /** The bytes at this place are no character; all before it was read. */
    static final class NotUtf8 extends IOException {
        private static final long serialVersionUID = 1L;

        private final String place;

        NotUtf8(String place) {
            super("not UTF-8 at " + place);
            this.place = place;
        }

        CdiscFault fault() {
            return new CdiscFault(place, "the file is not UTF-8");
        }
    }

    /** @param length two at least, since a character may take two */
    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        CharBuffer chars = CharBuffer.wrap(buffer, offset, length);
        while (true) {
            CoderResult result = decoder.decode(bytes, chars, ended);
            if (chars.position() > offset) {
                return count(buffer, offset, chars.position());
            }
            if (result.isError()) {
                throw new NotUtf8("line " + line + ", column " + column);
            }
            if (result.isOverflow()) {
                throw new IllegalArgumentException("a buffer of " + length + " is too small for a character");
            }
            if (ended) {
                return -1;
            }
            fill();
        }
    }

    private void fill() throws IOException {
        bytes.compact();
        int more = in.read(bytes.array(), bytes.position(), bytes.remaining());
        ended = more < 0;
        bytes.position(bytes.position() + Math.max(0, more)).flip();
    }

    private int count(char[] buffer, int from, int to) {
        for (int i = from; i < to; i++) {
            column = buffer[i] == '\n' ? 1 : column + 1;
            line += buffer[i] == '\n' ? 1 : 0;
        }
        return to - from;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
