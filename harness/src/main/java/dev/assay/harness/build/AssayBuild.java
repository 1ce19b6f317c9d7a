package dev.assay.harness.build;

import dev.assay.engine.run.LanguageModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Version and fingerprint of the code that makes figures.
 *
 * @param version version of Assay
 * @param libtorch version of the native library
 * @param fingerprint over the classes and scripts of the engine, the data sets and the measures, so
 *     that two builds of one version are told apart where they can differ in a figure
 */
public record AssayBuild(String version, String libtorch, String fingerprint) {
  private static final int FINGERPRINT_BYTES = 4;

  /** The build that is running. */
  public static AssayBuild current() {
    MessageDigest digest = sha256();
    add(digest, LanguageModel.class, List.of("dev/assay/engine/", "META-INF/services/dev.assay."));
    add(
        digest,
        AssayBuild.class,
        List.of("dev/assay/harness/dataset/", "dev/assay/harness/measure/"));
    return new AssayBuild(
        property("dev/assay/harness/version.properties", "version"),
        property("native/lib/pytorch.properties", "version"),
        HexFormat.of().formatHex(digest.digest(), 0, FINGERPRINT_BYTES));
  }

  /** All of it in one word, for identities: {@code 0.1.0-1a2b3c4d-torch2.7.1}. */
  public String id() {
    return version + "-" + fingerprint + "-torch" + libtorch;
  }

  private static void add(MessageDigest digest, Class<?> inside, List<String> prefixes) {
    try {
      Path code = Path.of(location(inside));
      if (Files.isDirectory(code)) {
        add(digest, code, prefixes);
      } else {
        try (FileSystem jar = FileSystems.newFileSystem(code)) {
          add(digest, jar.getPath("/"), prefixes);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the code of " + inside.getName(), e);
    }
  }

  private static URI location(Class<?> inside) {
    try {
      return inside.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class path entry is no address", e);
    }
  }

  private static void add(MessageDigest digest, Path root, List<String> prefixes)
      throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(root)) {
      files =
          walk.filter(Files::isRegularFile)
              .filter(file -> prefixes.stream().anyMatch(name(root, file)::startsWith))
              .sorted((a, b) -> name(root, a).compareTo(name(root, b)))
              .toList();
    }
    for (Path file : files) {
      digest.update(name(root, file).getBytes(StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(file));
    }
  }

  private static String name(Path root, Path file) {
    return root.relativize(file).toString().replace('\\', '/');
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

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
