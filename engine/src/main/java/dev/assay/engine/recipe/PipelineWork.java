package dev.assay.engine.recipe;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.file.PathUtils;

/**
 * The directory in which a pipeline keeps what its stages changed until the artifact is written.
 *
 * @param directory the directory
 */
record PipelineWork(Path directory) {
  private static final String IDENTITY = "pipeline.sha256";
  private static final String SECONDS = "seconds";
  private static final String LOOK = "before-";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The directory beside an artifact. */
  static Path beside(Path target) {
    return target.resolveSibling("." + target.getFileName() + "-working");
  }

  /**
   * The directory beside an artifact; what another pipeline left there is deleted.
   *
   * @param target directory of the artifact
   */
  static PipelineWork beside(
      Path target, Checkpoint source, List<Step> steps, List<long[]> calibration) {
    PipelineWork work = new PipelineWork(beside(target));
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

  /** Of what the stages work from; of a checkpoint its place, configuration, size and names. */
  private static String identity(Checkpoint source, List<Step> steps, List<long[]> calibration) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    update(digest, source.path().toAbsolutePath().toString());
    update(digest, String.valueOf(source.fileBytes()));
    update(digest, source.names().toString());
    update(digest, source.config().toString());
    for (Step step : steps) {
      update(digest, step.toString());
    }
    for (long[] ids : calibration) {
      ByteBuffer bytes = ByteBuffer.allocate(ids.length * Long.BYTES);
      bytes.asLongBuffer().put(ids);
      digest.update(bytes.array());
    }
    return Hex.encodeHexString(digest.digest());
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
  }

  /** Where a stage that trains keeps what it goes on from. */
  Path training(int step) {
    return directory.resolve("training-" + step);
  }

  /** Where a stage keeps an adapter that is to stand beside the artifact. */
  Path adapter(int step) {
    return directory.resolve("adapter-" + step);
  }

  /**
   * Puts adapters that stages have kept beside an artifact: {@code NAME-adapter}, a second one
   * {@code NAME-adapter-2}, in place of what is there.
   *
   * @param steps how many there are
   */
  void putAdapters(Path target, int steps) {
    int number = 0;
    for (int step = 0; step < steps; step++) {
      if (Files.isDirectory(adapter(step))) {
        number++;
        put(adapter(step), Pipeline.adapter(target, number));
      }
    }
  }

  private static void put(Path from, Path to) {
    Path partial = to.resolveSibling("." + to.getFileName() + "-partial");
    try {
      delete(partial);
      PathUtils.copyDirectory(from, partial);
      delete(to);
      Files.move(partial, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(to + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** Wall time that the stages have taken so far, those of interrupted runs included. */
  double seconds() {
    Path file = directory.resolve(SECONDS);
    try {
      return Files.isRegularFile(file) ? Double.parseDouble(Files.readString(file)) : 0;
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /** Notes how long the stages have taken so far. */
  void spent(double seconds) {
    try {
      Path partial = directory.resolve(SECONDS + ".partial");
      Files.writeString(partial, Double.toString(seconds));
      Files.move(partial, directory.resolve(SECONDS), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * What was seen before a step; nothing where nobody has looked, or what was kept is of no use.
   *
   * @param step its index; the number of steps for behind the last
   */
  Optional<StageLook> look(int step) {
    Path file = directory.resolve(look(LOOK, step));
    try {
      return Files.isRegularFile(file)
          ? Optional.of(StageLook.read(JSON.readTree(file.toFile())))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Keeps what was seen before a step. */
  void keep(int step, StageLook look) {
    try {
      Path partial = directory.resolve(look(LOOK + "partial-", step));
      Files.write(partial, JSON.writeValueAsBytes(look.json()));
      Files.move(partial, directory.resolve(look(LOOK, step)), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static String look(String prefix, int step) {
    return prefix + step + ".json";
  }

  /** Deletes what a stage that trains went on from. */
  void deleteTraining(int step) {
    delete(training(step));
  }

  /** Deletes it with all that is in it. */
  void delete() {
    delete(directory);
  }

  private static void delete(Path directory) {
    try {
      if (Files.exists(directory)) {
        PathUtils.deleteDirectory(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be deleted: " + e.getMessage(), e);
    }
  }
}
