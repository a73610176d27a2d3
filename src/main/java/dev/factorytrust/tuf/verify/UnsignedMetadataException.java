package dev.factorytrust.tuf.verify;

/** §5.3.4, §5.4.2, §5.5.3, §5.6.3: too few keys signed it. */
public final class UnsignedMetadataException extends VerificationException {

    private static final long serialVersionUID = 1L;

    private final transient VerificationResult result;

    UnsignedMetadataException(String role, long version, String whose, VerificationResult result) {
        super(
                role,
                version + " is signed by " + result.distinct() + " of the " + result.threshold() + " keys that " + whose
                        + " asks for; without signature: " + result.missing().keySet());
        this.result = result;
    }

    /** Who signed and who didn't; absent (null) only after Java serialisation. */
    public VerificationResult result() {
        return result;
    }
}
