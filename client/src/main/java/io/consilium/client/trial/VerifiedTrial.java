package io.consilium.client.trial;

import io.consilium.proto.TrialSubjectState;
import java.util.List;
import java.util.Optional;

/**
 * What a bundle was found to prove.
 *
 * @param datasets whether every version of every dataset is proven, and not their number alone
 * @param subjects every subject with its consents; nothing where the bundle proves their number alone
 */
public record VerifiedTrial(TrialRecord record, boolean datasets, Optional<List<TrialSubjectState>> subjects) {
    public VerifiedTrial {
        subjects = subjects.map(List::copyOf);
    }
}
