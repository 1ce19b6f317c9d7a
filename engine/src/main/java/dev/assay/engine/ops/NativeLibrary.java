package dev.assay.engine.ops;

import ai.djl.engine.Engine;
import dev.assay.engine.torch.DjlTelemetry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.apache.commons.io.FileUtils;

/**
 * The library that the build left beside this class, if it did. A process has it once, as
 * libtorch's table of ops is one for all.
 */
enum NativeLibrary {
  INSTANCE;

  private static final String FILE = "libassay_ops.so";

  private final String obstacle;

  NativeLibrary() {
    this.obstacle = load();
  }

  boolean isLoaded() {
    return obstacle.isEmpty();
  }

  /** Why it is not loaded. */
  String obstacle() {
    return obstacle;
  }

  private static String load() {
    String target = target();
    try (InputStream in = NativeLibrary.class.getResourceAsStream(target + "/" + FILE)) {
      if (in == null) {
        return "no kernels of our own for " + target + ": the build found no C compiler for it";
      }
      // It looks for libtorch's functions among those of the process.
      DjlTelemetry.optOut();
      Engine.getEngine("PyTorch");
      // The system maps the file, so that it is read before the directory is deleted.
      Path directory = Files.createTempDirectory("assay-ops");
      Path file = directory.resolve(FILE);
      try {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        System.load(file.toString());
      } finally {
        FileUtils.deleteQuietly(directory.toFile());
      }
      return "";
    } catch (UnsatisfiedLinkError | IOException e) {
      return "no kernels of our own: they cannot be loaded beside this libtorch: " + e.getMessage();
    }
  }

  /** As the build names systems: {@code linux-x86_64}. */
  private static String target() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch");
    return system + "-" + (processor.equals("amd64") ? "x86_64" : processor);
  }
}
