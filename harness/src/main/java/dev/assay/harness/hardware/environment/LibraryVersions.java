package dev.assay.harness.hardware.environment;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Versions of the libraries that figures depend on, read from the jars that are in use. */
final class LibraryVersions {
  /** Resource and key that hold a library's version. */
  private record Source(String resource, String key) {}

  private static final Map<String, Source> SOURCES =
      Map.of(
          "assay", new Source("dev/assay/harness/version.properties", "version"),
          "djl", new Source("ai/djl/engine/api.properties", "djl_version"),
          "pytorch", new Source("native/lib/pytorch.properties", "version"),
          "pytorch-jni", new Source("jnilib/pytorch.properties", "jni_version"),
          "tokenizers", new Source("native/lib/tokenizers.properties", "version"),
          "oshi", new Source("META-INF/maven/com.github.oshi/oshi-core/pom.properties", "version"),
          "jmh", new Source("META-INF/maven/org.openjdk.jmh/jmh-core/pom.properties", "version"));

  private final ClassLoader loader;

  LibraryVersions(ClassLoader loader) {
    this.loader = loader;
  }

  /** Library to version; a library that states none is left out. */
  Map<String, String> read() {
    Map<String, String> versions = new TreeMap<>();
    SOURCES.forEach(
        (library, source) -> {
          String version = version(source);
          if (version != null) {
            versions.put(library, version);
          }
        });
    String h2 = org.h2.Driver.class.getPackage().getImplementationVersion();
    if (h2 != null) {
      versions.put("h2", h2);
    }
    return versions;
  }

  private @Nullable String version(Source source) {
    URL url = loader.getResource(source.resource());
    if (url == null) {
      return null;
    }
    Properties properties = new Properties();
    try (InputStream in = url.openStream()) {
      properties.load(in);
    } catch (IOException e) {
      return null;
    }
    return properties.getProperty(source.key());
  }
}
