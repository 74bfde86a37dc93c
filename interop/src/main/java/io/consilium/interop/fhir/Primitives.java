package io.consilium.interop.fhir;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.hl7.fhir.r4.model.Enumeration;

/** The JSON form and the value of FHIR's primitive types. */
final class Primitives {
    private static final Set<String> INTEGERS = Set.of("integer", "positiveInt", "unsignedInt");

    /** Of these the JSON form alone is checked: their content is large, or of no concern to labels. */
    private static final Set<String> OPAQUE = Set.of("base64Binary", "xhtml", "string", "markdown", "decimal");

    private Primitives() {}

    /** Refuses a wrong value; gives the coding of a code whose system its element fixes. */
    static Optional<Coding> check(BaseRuntimeChildDefinition child, String name, JsonNode value, String path)
            throws Refused {
        BaseRuntimeElementDefinition<?> definition = child.getChildByName(name);
        if (definition == null) {
            throw new Refused(path, "FHIR R4 defines no such element here");
        }
        requireForm(definition.getName(), value, path);
        if (OPAQUE.contains(definition.getName())) {
            return Optional.empty();
        }
        try {
            Object primitive = definition.newInstance(child.getInstanceConstructorArguments());
            if (primitive instanceof IPrimitiveType<?> typed) {
                typed.setValueAsString(value.asText());
            }
            if (primitive instanceof Enumeration<?> code && code.getValue() != null && code.getSystem() != null) {
                return Optional.of(new Coding(code.getSystem(), value.asText()));
            }
            return Optional.empty();
        } catch (IllegalArgumentException | DataFormatException invalid) {
            throw new Refused(path, "the value is none that FHIR R4 allows here");
        }
    }

    private static void requireForm(String type, JsonNode value, String path) throws Refused {
        if (type.equals("boolean")) {
            require(value.isBoolean(), path, "true or false");
        } else if (INTEGERS.contains(type)) {
            require(value.isIntegralNumber() && value.canConvertToInt(), path, "an integer of 32 bits");
        } else if (type.equals("decimal")) {
            require(value.isNumber(), path, "a number");
        } else {
            require(value.isTextual() && !value.textValue().isEmpty(), path, "a string that is not empty");
        }
    }

    private static void require(boolean fulfilled, String path, String form) throws Refused {
        if (!fulfilled) {
            throw new Refused(path, "the value must be " + form);
        }
    }

    static BaseRuntimeElementCompositeDefinition<?> composite(FhirContext context, String type) {
        if (context.getElementDefinition(type) instanceof BaseRuntimeElementCompositeDefinition<?> composite) {
            return composite;
        }
        throw new IllegalStateException("HAPI FHIR has no definition of " + type);
    }
}
