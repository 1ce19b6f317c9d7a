package dev.assay.harness.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.file.PathUtils;

/** Copies of a reference model that differ in a file beside the weights. */
public final class ModelCopies {
  private ModelCopies() {}

  /** A copy of {@code ref-7m}. */
  public static Path of(Path target) throws IOException {
    PathUtils.copyDirectory(TestBench.model("ref-7m"), Files.createDirectories(target));
    return target;
  }

  /** A copy with other positions. */
  public static Path withContext(Path target, int positions) throws IOException {
    replace(
        of(target).resolve("config.json"),
        "\"max_position_embeddings\": 1024",
        "\"max_position_embeddings\": " + positions);
    return target;
  }

  /** A copy whose tokenizer puts a BOS in front of texts. */
  public static Path withBos(Path target) throws IOException {
    Files.writeString(
        of(target).resolve("tokenizer_config.json"),
        "{\"bos_token\": \"<|endoftext|>\", \"add_bos_token\": true}");
    return target;
  }

  private static void replace(Path file, String text, String other) throws IOException {
    String content = Files.readString(file);
    if (!content.contains(text)) {
      throw new IllegalStateException(file + " has no " + text);
    }
    Files.writeString(file, content.replace(text, other));
  }
}
