package dev.assay.harness.run.artifact;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.leaderboard.file.AtomicFile;
import dev.assay.leaderboard.file.FileMutex;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artifacts on disk: {@code <key>/checkpoint/} and, once that is whole, {@code
 * <key>/compression.json}. May be deleted at any time. Two processes that want one artifact wait
 * for each other.
 *
 * @param root directory of the cache
 */
public record ArtifactCache(Path root) {
  /**
   * File beside an artifact with the token ids that it was calibrated on, little-endian 64-bit,
   * sequence after sequence; their sha256 is in the result.
   */
  public static final String CALIBRATION_IDS = "calibration-ids.bin";

  /** The same behind a first stage that leaves other tokens. */
  public static final String LATER_CALIBRATION_IDS = "calibration-ids-later.bin";

  /** File beside an artifact that says how it was made, and that it is whole. */
  public static final String REPORT = "compression.json";

  private static final Logger LOG = LoggerFactory.getLogger(ArtifactCache.class);
  private static final ObjectMapper JSON = new ResultJson().mapper();

  /** The artifact of a key, if it is there and whole. */
  public Optional<CachedArtifact> find(String key) {
    Path report = report(key);
    if (!Files.isRegularFile(report) || !Files.isDirectory(checkpoint(key))) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new CachedArtifact(
              checkpoint(key),
              JSON.readValue(Files.readAllBytes(report), CompressionReport.class),
              false));
    } catch (IOException e) {
      LOG.warn("{}: unusable, the artifact is made anew: {}", report, e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The artifact of a key: the one in the cache if its tensors still have the hash they were made
   * with and its report is still good, otherwise a new one.
   *
   * @param good the report as it is to be kept; nothing if the artifact is not to be used again
   * @param make makes the checkpoint in the directory it is given, which does not exist
   */
  public CachedArtifact get(
      String key,
      Function<CompressionReport, Optional<CompressionReport>> good,
      Function<Path, CompressionReport> make) {
    try {
      try (FileMutex mutex = FileMutex.of(lock(key))) {
        Optional<CachedArtifact> cached = find(key).filter(ArtifactCache::intact);
        if (cached.isPresent()) {
          CompressionReport found = cached.get().report();
          Optional<CompressionReport> kept = good.apply(found);
          if (kept.isPresent()) {
            if (!kept.get().equals(found)) {
              AtomicFile.write(report(key), JSON.writeValueAsBytes(kept.get()));
            }
            return new CachedArtifact(checkpoint(key), kept.get(), false);
          }
        }
        return make(key, make);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(root + ": the cache cannot be used: " + e.getMessage(), e);
    }
  }

  private CachedArtifact make(String key, Function<Path, CompressionReport> make)
      throws IOException {
    Files.createDirectories(directory(key));
    clear(key);
    CompressionReport made = make.apply(checkpoint(key));
    AtomicFile.write(report(key), JSON.writeValueAsBytes(made));
    Files.deleteIfExists(begun(key));
    return new CachedArtifact(checkpoint(key), made, true);
  }

  /** Says in the directory of an artifact that is being made what it is to be. */
  public void begin(String key, ArtifactOrigin origin) {
    try {
      AtomicFile.write(begun(key), JSON.writeValueAsBytes(origin));
    } catch (IOException e) {
      throw new UncheckedIOException(root + ": the cache cannot be used: " + e.getMessage(), e);
    }
  }

  /** What an artifact that was begun and is not whole is to be, if that is known. */
  public Optional<ArtifactOrigin> begunOrigin(String key) {
    try {
      return Files.isRegularFile(begun(key)) && Files.isDirectory(Pipeline.working(checkpoint(key)))
          ? Optional.of(JSON.readValue(Files.readAllBytes(begun(key)), ArtifactOrigin.class))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Path begun(String key) {
    return directory(key).resolve("begun.json");
  }

  /** Deletes what an earlier process left, but for the work of one that was interrupted. */
  private void clear(String key) throws IOException {
    Path working = Pipeline.working(checkpoint(key));
    try (Stream<Path> left = Files.list(directory(key))) {
      for (Path path : left.filter(each -> !each.equals(working)).toList()) {
        PathUtils.delete(path);
      }
    }
  }

  private static boolean intact(CachedArtifact artifact) {
    try {
      String found = Checkpoint.open(artifact.checkpoint()).sha256();
      if (found.equals(artifact.report().sha256())) {
        return true;
      }
      LOG.warn(
          "{}: found tensors of sha256 {}, expected {}; the artifact is made anew",
          artifact.checkpoint(),
          found,
          artifact.report().sha256());
    } catch (BadInputException e) {
      LOG.warn("{}; the artifact is made anew", e.getMessage());
    }
    return false;
  }

  /** The file that a process holds locked while it makes an artifact. */
  public Path lock(String key) {
    return root.resolve(key + ".lock");
  }

  private Path directory(String key) {
    return root.resolve(key);
  }

  private Path checkpoint(String key) {
    return directory(key).resolve("checkpoint");
  }

  private Path report(String key) {
    return directory(key).resolve(REPORT);
  }
}
