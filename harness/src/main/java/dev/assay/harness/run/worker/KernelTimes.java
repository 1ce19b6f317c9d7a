package dev.assay.harness.run.worker;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.run.KernelProbe;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.harness.hardware.disturbance.Attempts;
import dev.assay.harness.hardware.disturbance.Attempts.Attempt;
import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import dev.assay.harness.hardware.disturbance.Limits;
import dev.assay.harness.hardware.disturbance.Watch;
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
  private static final Logger LOG = LoggerFactory.getLogger(KernelTimes.class);
  private static final ObjectMapper JSON = new ResultJson().mapper();

  private final Path directory;
  private final WorkerRequest request;
  private final Execution execution;

  /**
   * What is to be used.
   *
   * @param choices none where times were disturbed: what is known of processors of the kind stands
   * @param note what disturbed them
   */
  record Found(KernelChoices choices, Optional<String> note) {}

  /** Times kernels once. */
  interface Timing {
    Attempt<KernelChoices> take(TorchSession torch, Execution execution);
  }

  KernelTimes(Path directory, WorkerRequest request) {
    this.directory = directory.resolve(request.build());
    this.request = request;
    this.execution = request.execution();
  }

  /** Those that lie there, or anew. */
  Found choices(TorchSession torch) {
    return choices(torch, KernelTimes::watched);
  }

  Found choices(TorchSession torch, Timing timing) {
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
    return read(file)
        .map(choices -> new Found(choices, Optional.empty()))
        .orElseGet(() -> measure(torch, file, timing));
  }

  static Attempt<KernelChoices> watched(TorchSession torch, Execution execution) {
    Watch watch = Watch.start();
    KernelChoices choices = new KernelProbe(torch, execution).measure();
    return new Attempt<>(choices, watch.stop());
  }

  private Found measure(TorchSession torch, Path file, Timing timing) {
    Taken<KernelChoices> taken =
        Attempts.take(Limits.OF_TIMES, attempt -> timing.take(torch, execution));
    String disturbed = taken.disturbed();
    if (disturbed != null) {
      return new Found(
          KernelChoices.NONE,
          Optional.of(
              "kernels: their times were disturbed ("
                  + disturbed
                  + "), so that what is known of processors of the kind stands"));
    }
    KernelChoices choices = taken.value();
    LOG.info("timed kernels: {}", choices);
    try {
      Files.createDirectories(directory);
      AtomicFile.write(file, JSON.writeValueAsBytes(choices));
    } catch (IOException e) {
      LOG.warn("{}: cannot be written, so other cells time kernels anew: {}", file, e.getMessage());
    }
    return new Found(choices, Optional.empty());
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
