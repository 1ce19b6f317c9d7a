package dev.assay.engine.recipe;

import dev.assay.engine.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.io.file.PathUtils;

/**
 * The directory in which a pipeline keeps what its stages changed until the artifact is written.
 *
 * @param directory the directory
 */
record PipelineWork(Path directory) {
  private static final String IDENTITY = "pipeline.sha256";

  /**
   * The directory beside an artifact; what another pipeline left there is deleted.
   *
   * @param target directory of the artifact
   */
  static PipelineWork beside(
      Path target, Checkpoint source, List<Step> steps, List<long[]> calibration) {
    PipelineWork work =
        new PipelineWork(target.resolveSibling("." + target.getFileName() + "-working"));
    String identity = identity(source, steps, calibration);
    try {
      Path file = work.directory().resolve(IDENTITY);
      if (!Files.isRegularFile(file) || !Files.readString(file).equals(identity)) {
        work.delete();
        Files.createDirectories(work.directory());
        Files.writeString(file, identity);
      }
      return work;
    } catch (IOException e) {
      throw new UncheckedIOException(work.directory() + ": cannot be used: " + e.getMessage(), e);
    }
  }

  /** Of all that the stages work from; the weights of a checkpoint by its path and its tensors. */
  private static String identity(Checkpoint source, List<Step> steps, List<long[]> calibration) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      update(digest, source.path().toAbsolutePath().toString());
      update(digest, String.valueOf(source.fileBytes()));
      update(digest, source.names().toString());
      for (Step step : steps) {
        update(digest, step.stage());
        update(digest, step.parameters().toString());
        update(digest, step.selection().toString());
      }
      for (long[] ids : calibration) {
        ByteBuffer bytes = ByteBuffer.allocate(ids.length * Long.BYTES);
        bytes.asLongBuffer().put(ids);
        digest.update(bytes.array());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
  }

  /** Deletes it with all that is in it. */
  void delete() {
    try {
      if (Files.exists(directory)) {
        PathUtils.deleteDirectory(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be deleted: " + e.getMessage(), e);
    }
  }
}
