package io.consilium.interop.cdisc;

import java.util.Locale;
import java.util.Optional;

/** The types of a variable in Dataset-JSON 1.0 and 1.1. */
public enum ColumnType {
    STRING,
    URI,
    INTEGER,
    FLOAT,
    DOUBLE,
    DECIMAL,
    BOOLEAN,
    DATE,
    DATETIME,
    TIME;

    static Optional<ColumnType> of(String word) {
        for (ColumnType type : values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    public boolean isNumeric() {
        return this == INTEGER || this == FLOAT || this == DOUBLE || this == DECIMAL;
    }

    public boolean isDate() {
        return this == DATE || this == DATETIME;
    }
}
