package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.interop.cdisc.Table;
import io.consilium.proto.TrialReleased;
import io.consilium.proto.TrialState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What was released of a trial before, by the version of the dataset that it was of, so that each is opened once. */
record EarlierReleases(List<OfVersion> versions) {
    /** The releases of one version of a dataset. */
    record OfVersion(ByteString datasetId, long version, List<TrialReleased> releases) {
        /** Of all columns that left, in normal form. */
        Set<String> names() {
            Set<String> names = new TreeSet<>();
            for (TrialReleased released : releases) {
                released.getRelease().getQuasiIdentifiersList().forEach(name -> names.add(Table.normalName(name)));
                released.getRelease().getColumnsList().forEach(name -> names.add(Table.normalName(name)));
            }
            return names;
        }
    }

    private record Key(ByteString datasetId, long version) {}

    static EarlierReleases of(TrialState trial) {
        Map<Key, List<TrialReleased>> releases = new LinkedHashMap<>();
        for (TrialReleased released : trial.getReleasesList()) {
            Key key = new Key(
                    released.getRelease().getDatasetId(), released.getRelease().getDatasetVersion());
            releases.computeIfAbsent(key, first -> new ArrayList<>()).add(released);
        }
        List<OfVersion> versions = new ArrayList<>();
        releases.forEach((key, list) -> versions.add(new OfVersion(key.datasetId(), key.version(), list)));
        return new EarlierReleases(versions);
    }

    /** All columns that left of a dataset, of whichever version. */
    Set<String> names(ByteString datasetId) {
        Set<String> names = new TreeSet<>();
        versions.stream()
                .filter(version -> version.datasetId().equals(datasetId))
                .forEach(version -> names.addAll(version.names()));
        return names;
    }
}
