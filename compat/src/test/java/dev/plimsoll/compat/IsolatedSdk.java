package dev.plimsoll.compat;

import dev.plimsoll.compat.sdk.Configs;
import dev.plimsoll.compat.sdk.Naming;
import dev.plimsoll.compat.sdk.Sdk;
import dev.plimsoll.compat.sdk.Stop;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/**
 * Loads one client version in a class path of its own. Its class loader sees the JDK, the version's jars and the adapter;
 * of the tests it sees only the package {@code sdk}, so that both sides mean the same {@link Sdk}. Every call runs with that
 * loader as the thread's, since the clients find their parts through it, in threads they start too.
 */
final class IsolatedSdk {

    private static final String SHARED = Sdk.class.getPackageName() + ".";
    private static final String ADAPTER = "dev.plimsoll.compat.adapter.NacosSdk";

    private IsolatedSdk() {}

    static Sdk load(ClientVersion version) {
        URLClassLoader loader = new URLClassLoader("nacos-client " + version, classPath(version), new SharedTypes());
        try {
            return inLoader(loader, Sdk.class, (Sdk) withLoader(
                    loader,
                    () -> Class.forName(ADAPTER, true, loader).getConstructor().newInstance()));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("client " + version + " does not load", e);
        }
    }

    private static URL[] classPath(ClientVersion version) {
        Path list = Path.of(System.getProperty("plimsoll.clients"), version.version(), "target", "classpath");
        try {
            List<URL> urls = new ArrayList<>();
            StringTokenizer jars = new StringTokenizer(Files.readString(list).strip(), File.pathSeparator);
            while (jars.hasMoreTokens()) {
                urls.add(Path.of(jars.nextToken()).toUri().toURL());
            }
            urls.add(IsolatedSdk.class.getProtectionDomain().getCodeSource().getLocation());
            return urls.toArray(URL[]::new);
        } catch (MalformedURLException e) {
            throw new IllegalStateException(list + " names a jar that is no path", e);
        } catch (IOException e) {
            throw new UncheckedIOException(list + " is missing (expected: made by the modules in compat/clients)", e);
        }
    }

    private static <T> T inLoader(ClassLoader loader, Class<T> type, T target) {
        Object proxy = Proxy.newProxyInstance(
                IsolatedSdk.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return wrapped(loader, withLoader(loader, () -> method.invoke(target, arguments)));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return type.cast(proxy);
    }

    private static Object wrapped(ClassLoader loader, Object result) {
        if (result instanceof Naming naming) {
            return inLoader(loader, Naming.class, naming);
        }
        if (result instanceof Configs configs) {
            return inLoader(loader, Configs.class, configs);
        }
        if (result instanceof Stop stop) {
            return inLoader(loader, Stop.class, stop);
        }
        return result;
    }

    private static Object withLoader(ClassLoader loader, Reflection reflection) throws ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return reflection.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private interface Reflection {
        Object run() throws ReflectiveOperationException;
    }

    /** The parent of every client's loader: the JDK, and the types both sides speak. */
    private static final class SharedTypes extends ClassLoader {

        SharedTypes() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(SHARED)) {
                return IsolatedSdk.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
