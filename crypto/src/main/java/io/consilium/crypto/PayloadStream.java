package io.consilium.crypto;

import java.io.IOException;
import java.io.InputStream;

/**
 * A payload decrypted while it is read, a segment at a time, each checked before a byte of it is handed out. Only who has
 * read to the end knows that the whole is what was encrypted.
 */
public final class PayloadStream extends InputStream {
    private final PayloadCipher.Opener opener;
    private byte[] segment = new byte[0];
    private int next;
    private boolean ended;

    /** The key is copied; the ciphertext is read as this is. */
    public PayloadStream(byte[] key, InputStream cipher) {
        this.opener = new PayloadCipher.Opener(key, cipher);
    }

    /** The ciphertext is not what was encrypted under the key. */
    public static final class Unauthentic extends IOException {
        private static final long serialVersionUID = 1L;

        Unauthentic(CryptoException cause) {
            super(cause.getMessage(), cause);
        }
    }

    @Override
    public int read() throws IOException {
        return fill() ? segment[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, segment.length - next);
        System.arraycopy(segment, next, into, offset, count);
        next += count;
        return count;
    }

    private boolean fill() throws IOException {
        while (next == segment.length && !ended) {
            try {
                ended = !opener.next();
            } catch (CryptoException refused) {
                throw new Unauthentic(refused);
            }
            if (!ended) {
                segment = opener.segment();
                next = 0;
            }
        }
        return !ended;
    }
}
