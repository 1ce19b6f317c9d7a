package dev.assay.harness.run.worker;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.run.KernelProbe;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.harness.run.cache.CacheInventory;
import dev.assay.leaderboard.file.AtomicFile;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found to be faster among kernels, timed once for a machine, a number of threads, a type
 * of activations and a build, and kept in the cache: cells that are to be compared run the same
 * way.
 */
final class KernelTimes {
  /** Name of their directory in the cache. */
  static final String DIRECTORY = CacheInventory.KERNELS;

  private static final Logger LOG = LoggerFactory.getLogger(KernelTimes.class);
  private static final ObjectMapper JSON = new ResultJson().mapper();

  private final Path file;
  private final String build;
  private final Execution execution;

  KernelTimes(Path directory, WorkerRequest request) {
    this.execution = request.execution();
    this.build = request.build();
    this.file =
        directory.resolve(
            "%s-%d-threads-%s.json"
                .formatted(request.machine(), request.threads(), execution.dtype().label()));
  }

  /**
   * As it lies there.
   *
   * @param build hash of the code that was timed
   * @param ops what ops of our own ran on, or why there were none
   * @param choices what was faster
   */
  record Timed(String build, String ops, KernelChoices choices) {}

  /** Those that lie there, or anew. */
  KernelChoices choices(TorchSession torch) {
    String ops = NativeOps.describe(torch);
    return read()
        .filter(timed -> timed.build().equals(build) && timed.ops().equals(ops))
        .map(Timed::choices)
        .orElseGet(() -> measure(torch, ops));
  }

  private KernelChoices measure(TorchSession torch, String ops) {
    KernelChoices choices = new KernelProbe(torch, execution).measure();
    LOG.info("timed kernels: {}", choices);
    try {
      Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
      AtomicFile.write(file, JSON.writeValueAsBytes(new Timed(build, ops, choices)));
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
    }
    return choices;
  }

  private Optional<Timed> read() {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), Timed.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      // Of another build.
      LOG.info("{}: timed anew: {}", file, e.getOriginalMessage());
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
