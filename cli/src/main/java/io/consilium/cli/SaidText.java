package io.consilium.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A reason, note or name that says something: an empty one would be sealed and signed like any other. */
final class SaidText implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
        if (text.isBlank()) {
            throw new TypeConversionException("it says nothing: write a few words");
        }
        return text;
    }
}
