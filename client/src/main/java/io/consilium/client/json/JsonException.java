package io.consilium.client.json;

/** Text that is not the JSON expected; the message says what is wrong, the path says where. */
public final class JsonException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String path;

    public JsonException(String path, String message) {
        super(message);
        this.path = path;
    }

    /** A place such as {@code institutions[2].roles} or {@code line 3, column 7}. */
    public String path() {
        return path;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? path : message;
    }
}
