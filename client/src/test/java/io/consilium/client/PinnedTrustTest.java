package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import java.net.URL;
import java.net.URLClassLoader;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

class PinnedTrustTest {
    private static URL place(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    @Test
    void otherConnectionsOfTheProcessKeepTheirOwnTrust() throws Exception {
        SSLSocketFactory others = HttpsURLConnection.getDefaultSSLSocketFactory();
        URL[] places = {place(PinnedTrust.class), place(Hash.class)};
        try (URLClassLoader anew = new URLClassLoader(places, ClassLoader.getPlatformClassLoader())) {
            Class.forName(PinnedTrust.class.getName(), true, anew);
        }
        assertThat(HttpsURLConnection.getDefaultSSLSocketFactory()).isSameAs(others);
    }
}
