package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.MalformedInput;
import io.consilium.client.trial.Micros;
import io.consilium.crypto.PrivateFile;
import io.consilium.proto.TrialQueryRequest;
import io.consilium.proto.TrialQueryResponse;
import io.consilium.proto.TrialReleaseRequest;
import io.consilium.proto.TrialReleaseResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the sponsor's node for releases and aggregates (TRI-7). */
final class TrialSharing {
    private static final int DECIMALS = 6;

    private final Session session;

    TrialSharing(Session session) {
        this.session = session;
    }

    /** Which aggregate of which column. */
    record Asked(String kind, String column) {
        static Asked of(boolean count, Optional<String> mean, Optional<String> sum, Optional<String> histogram)
                throws MalformedInput {
            List<Asked> asked = new ArrayList<>();
            if (count) {
                asked.add(new Asked("COUNT", ""));
            }
            mean.ifPresent(column -> asked.add(new Asked("MEAN", column)));
            sum.ifPresent(column -> asked.add(new Asked("SUM", column)));
            histogram.ifPresent(column -> asked.add(new Asked("HISTOGRAM", column)));
            if (asked.size() != 1) {
                throw new MalformedInput(
                        "--count",
                        "One question is asked at a time",
                        "Give one of --count, --mean, --sum, --histogram");
            }
            return asked.get(0);
        }
    }

    int release(
            ByteString trialId,
            String dataset,
            List<String> quasi,
            List<String> columns,
            Optional<String> to,
            List<String> duo,
            Optional<Path> out)
            throws ClientException, IOException {
        UserFiles.requireNew(out);
        if (to.isPresent() && duo.isEmpty()) {
            throw new MalformedInput("--duo", "The recipient's use is not said", "Name it with --duo, e.g. --duo HMB");
        }
        ByteString releaseId = new CustodianKeys().freshId();
        Path file = out.isPresent() ? out.get() : kept(releaseId);
        TrialReleaseRequest request = TrialReleaseRequest.newBuilder()
                .setTrialId(trialId)
                .setDatasetId(Ids.object("dataset", dataset))
                .addAllQuasiIdentifiers(quasi)
                .addAllColumns(columns)
                .setRecipient(to.isPresent() ? Ids.member(to.get()) : "")
                .addAllDataUse(duo)
                .setReleaseId(releaseId)
                .build();
        TrialReleaseResponse response = new Custodian(session).ask(client -> client.trialRelease(request));
        UserFiles.write(file, response.getContent().toByteArray());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("released", true);
        result.put("smallestCell", response.getSmallestCell());
        result.put("releaseId", Ids.text(response.getReleaseId()));
        result.put("rows", response.getRows());
        to.ifPresent(member -> result.put("to", member));
        result.put("out", file.toString());
        result.put("txId", Ids.text(response.getTxId()));
        session.output().result(result);
        return 0;
    }

    /** Where a release is kept that the user names no file for; its directory is made before anything is asked. */
    private Path kept(ByteString releaseId) throws ClientException, IOException {
        Path directory = PrivateFile.directories(session.context().home().resolve("releases"));
        return directory.resolve("release-" + Ids.text(releaseId) + ".csv");
    }

    int query(
            ByteString trialId,
            String dataset,
            Asked asked,
            Optional<String> bounds,
            List<String> bins,
            Optional<String> where,
            String epsilon)
            throws ClientException {
        TrialQueryRequest.Builder request = TrialQueryRequest.newBuilder()
                .setTrialId(trialId)
                .setDatasetId(Ids.object("dataset", dataset))
                .setKind(asked.kind())
                .setColumn(asked.column())
                .addAllBins(bins)
                .setEpsilonMicros(micros(epsilon))
                .setQueryId(new CustodianKeys().freshId());
        boolean bounded = asked.kind().equals("SUM") || asked.kind().equals("MEAN");
        if (bounded) {
            String[] ends = bounds.orElse("").split(",", -1);
            if (ends.length != 2) {
                throw new MalformedInput("--bounds", "Two numbers are needed", "Write --bounds LO,HI, e.g. 18,90");
            }
            request.setLow(ends[0].strip()).setHigh(ends[1].strip());
        }
        if (asked.kind().equals("HISTOGRAM") && bins.isEmpty()) {
            throw new MalformedInput("--bins", "A histogram needs its bins", "Write --bins 18,40,65,90 or --bins M,F");
        }
        if (where.isPresent()) {
            int equals = where.get().indexOf('=');
            if (equals < 1) {
                throw new MalformedInput("--where", "A column and a value are needed", "Write --where SEX=F");
            }
            request.setWhereColumn(where.get().substring(0, equals).strip())
                    .setWhereValue(where.get().substring(equals + 1).strip());
        }
        TrialQueryRequest built = request.build();
        TrialQueryResponse response = new Custodian(session).ask(client -> client.trialQuery(built));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("value", value(asked, response));
        result.put("epsilon", Micros.number(built.getEpsilonMicros()));
        result.put("budgetLeft", Micros.number(response.getBudgetLeftMicros()));
        result.put("txId", Ids.text(response.getTxId()));
        session.output().result(result);
        return 0;
    }

    private static Object value(Asked asked, TrialQueryResponse response) {
        if (!asked.kind().equals("HISTOGRAM")) {
            return number(response.getValues(0));
        }
        List<Object> bins = new ArrayList<>();
        for (int i = 0; i < response.getValuesCount(); i++) {
            Map<String, Object> bin = new LinkedHashMap<>();
            bin.put("bin", response.getNames(i));
            bin.put("count", number(response.getValues(i)));
            bins.add(bin);
        }
        return bins;
    }

    /** A whole number as such, a decimal exactly. */
    private static Object number(String text) {
        BigDecimal number = new BigDecimal(text).stripTrailingZeros();
        return number.scale() <= 0 && number.precision() - number.scale() <= 18
                ? (Object) number.longValueExact()
                : number;
    }

    private static long micros(String text) throws MalformedInput {
        if (text.matches("\\d{1,3}(\\.\\d{1,6})?")) {
            long micros = new BigDecimal(text).movePointRight(DECIMALS).longValueExact();
            if (micros >= 2) {
                return micros;
            }
        }
        throw new MalformedInput(
                "--epsilon",
                "'" + text + "' is no privacy budget",
                "Write a positive number with at most six decimals");
    }
}
