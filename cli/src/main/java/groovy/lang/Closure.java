package groovy.lang;

/**
 * Stands in for Groovy's class of this name, which picocli looks up whenever it starts: what is missing, Java looks for
 * in every jar of the class path, which takes a command a tenth of a second.
 */
final class Closure {
    private Closure() {}
}
