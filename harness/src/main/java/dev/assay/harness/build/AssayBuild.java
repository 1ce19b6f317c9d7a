package dev.assay.harness.build;

import dev.assay.engine.run.LanguageModel;
import dev.assay.leaderboard.result.Result;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;

/**
 * Which build of Assay this is, told by what its code can change, so that work is not thrown away
 * for a change that cannot have touched it.
 *
 * @param version version of Assay
 * @param libtorch version of the native library
 * @param compression hash of the code that can change an artifact
 * @param sampling hash of the code that makes calibration samples of a text
 * @param figures hash of the code that can change a figure on a given machine
 */
public record AssayBuild(
    String version, String libtorch, String compression, String sampling, String figures) {
  /** The build that is running. */
  public static AssayBuild current() {
    Set<Path> code = new LinkedHashSet<>();
    for (Class<?> inside : List.of(LanguageModel.class, AssayBuild.class, Result.class)) {
      code.add(entry(inside));
    }
    return of(code);
  }

  /** The build whose code lies in these directories and jars, with the libraries at hand. */
  static AssayBuild of(Collection<Path> code) {
    String libtorch = property("native/lib/pytorch.properties", "version");
    List<String> tensors =
        List.of(
            "pytorch " + libtorch,
            "pytorch-jni " + property("jnilib/pytorch.properties", "jni_version"),
            "djl " + property("ai/djl/engine/api.properties", "djl_version"));
    List<String> tokenizers =
        List.of("tokenizers " + property("native/lib/tokenizers.properties", "version"));
    List<String> all =
        List.of(
            String.join(", ", tensors),
            String.join(", ", tokenizers),
            "jmh " + property("META-INF/maven/org.openjdk.jmh/jmh-core/pom.properties", "version"));
    try {
      CodeFiles files = CodeFiles.of(code);
      return new AssayBuild(
          property("dev/assay/harness/version.properties", "version"),
          libtorch,
          files.digest(CodeScope.COMPRESSION, tensors),
          files.digest(CodeScope.SAMPLING, tokenizers),
          files.digest(CodeScope.FIGURES, all));
    } catch (IOException e) {
      throw new UncheckedIOException("the code cannot be read: " + code, e);
    }
  }

  /** What can change figures in one word, for identities: {@code 0.1.0-1a2b3c4d-torch2.7.1}. */
  public String id() {
    return version + "-" + figures + "-torch" + libtorch;
  }

  private static Path entry(Class<?> inside) {
    try {
      return Path.of(inside.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class path entry is no address", e);
    }
  }

  private static String property(String resource, String key) {
    Properties properties = new Properties();
    try (InputStream in = AssayBuild.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        // Natives that DJL fetches by itself come without it.
        return "unknown";
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " cannot be read", e);
    }
    return Objects.requireNonNull(properties.getProperty(key), resource + " lacks " + key);
  }
}
