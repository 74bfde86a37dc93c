package io.consilium.node.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.node.TestCluster;
import io.consilium.proto.RecordErase;
import io.consilium.storage.RocksChainStore;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class ErasureMarkersTest {
    @Test
    @DisplayName("PRV-6 an erasure that the disk refuses holds up no later one, and is tried again")
    void prv6_goesPastWhatFails(@TempDir Path directory) throws Exception {
        VaultCluster vaults = new VaultCluster(directory);
        try (TestCluster nodes = vaults.nodes) {
            nodes.startAll();
            vaults.registerPatient();
            Hash stuck = erased(vaults);
            Hash next = erased(vaults);
            RocksChainStore store = nodes.get(0).store();
            AtomicBoolean refuses = new AtomicBoolean(true);
            List<Hash> deleted = new ArrayList<>();
            Vault vault = (Vault) Proxy.newProxyInstance(
                    Vault.class.getClassLoader(), new Class<?>[] {Vault.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("delete")) {
                            if (refuses.get() && arguments[0].equals(stuck)) {
                                throw new VaultException("the disk refuses");
                            }
                            deleted.add((Hash) arguments[0]);
                        }
                        try {
                            return method.invoke(nodes.get(0).vault(), arguments);
                        } catch (InvocationTargetException failed) {
                            throw failed.getCause();
                        }
                    });
            ErasureMarkers markers = new ErasureMarkers("h0", vault, store.secrets());
            assertThatThrownBy(() -> markers.apply(store)).isInstanceOf(VaultException.class);
            assertThat(deleted).containsExactly(next);
            refuses.set(false);
            markers.apply(store);
            assertThat(deleted).containsExactly(next, stuck);
            markers.apply(store);
            assertThat(deleted).as("once").hasSize(2);
        }
    }

    private static Hash erased(VaultCluster vaults) throws Exception {
        byte[] content = VaultCluster.payload(1_000);
        Hash hash = vaults.stageAt(0, content);
        ByteString record = vaults.register(content);
        vaults.commit(
                0,
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(record).setBasis("gdpr-17")));
        return hash;
    }
}
