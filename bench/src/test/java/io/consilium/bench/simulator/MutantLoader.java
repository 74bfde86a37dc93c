package io.consilium.bench.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;

/** Loads the whole system anew with one method of one class replaced: the production's code, with a bug planted. */
final class MutantLoader extends ClassLoader {
    private static final String OURS = "io.consilium.";

    private final String mutated;
    private final byte[] mutant;

    MutantLoader(String className, String methodName, Implementation replacement) {
        super(MutantLoader.class.getClassLoader());
        this.mutated = OURS + className;
        ClassFileLocator locator = ClassFileLocator.ForClassLoader.of(getParent());
        TypePool.Resolution found = TypePool.Default.of(locator).describe(mutated);
        TypeDescription type = found.resolve();
        if (type.getDeclaredMethods().filter(ElementMatchers.named(methodName)).isEmpty()) {
            throw new IllegalArgumentException(mutated + " has no method " + methodName + " to plant a bug in");
        }
        this.mutant = new ByteBuddy()
                .redefine(type, locator)
                .method(ElementMatchers.named(methodName))
                .intercept(replacement)
                .make()
                .getBytes();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null && name.startsWith(OURS) && !name.startsWith(OURS + "proto.")) {
                byte[] bytes = name.equals(mutated) ? mutant : original(name);
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            return loaded == null ? super.loadClass(name, resolve) : loaded;
        }
    }

    private byte[] original(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
