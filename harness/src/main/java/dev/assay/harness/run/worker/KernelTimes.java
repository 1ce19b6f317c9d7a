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
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found to be faster among kernels, timed once for a machine, a number of threads, a type
 * of activations and a build, and kept in the cache: cells that are to be compared run the same
 * way.
 *
 * <p>A directory holds those of a build, a file those of a machine, the ops' instructions, a
 * device, threads and type.
 */
final class KernelTimes {
  /** Name of their directory in the cache. */
  static final String DIRECTORY = CacheInventory.KERNELS;

  private static final Logger LOG = LoggerFactory.getLogger(KernelTimes.class);
  private static final ObjectMapper JSON = new ResultJson().mapper();

  private final Path directory;
  private final WorkerRequest request;
  private final Execution execution;

  KernelTimes(Path directory, WorkerRequest request) {
    this.directory = directory.resolve(request.build());
    this.request = request;
    this.execution = request.execution();
  }

  /** Those that lie there, or anew. */
  KernelChoices choices(TorchSession torch) {
    String ops = NativeOps.areHere() ? NativeOps.of(torch).level().name() : "NONE";
    Path file =
        directory.resolve(
            "%s-%s-%s-%d-threads-%s.json"
                .formatted(
                    request.machine(),
                    ops.toLowerCase(Locale.ROOT),
                    execution.device().label().replace(':', '-'),
                    request.threads(),
                    execution.dtype().label()));
    return read(file).orElseGet(() -> measure(torch, file));
  }

  private KernelChoices measure(TorchSession torch, Path file) {
    KernelChoices choices = new KernelProbe(torch, execution).measure();
    LOG.info("timed kernels: {}", choices);
    try {
      Files.createDirectories(directory);
      AtomicFile.write(file, JSON.writeValueAsBytes(choices));
    } catch (IOException e) {
      LOG.warn("{}: cannot be written, so other cells time kernels anew: {}", file, e.getMessage());
    }
    return choices;
  }

  private static Optional<KernelChoices> read(Path file) {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), KernelChoices.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      LOG.warn("{}: timed anew: {}", file, e.getOriginalMessage());
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
