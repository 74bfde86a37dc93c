package io.consilium.client;

/** A proof does not hold: what was shown is not what the chain certified. */
public final class VerificationFailed extends ClientException {
    private static final long serialVersionUID = 1L;

    public VerificationFailed(String code, String cause, String hint) {
        super(FailureClass.VERIFICATION_FAILED, code, cause, hint);
    }
}
