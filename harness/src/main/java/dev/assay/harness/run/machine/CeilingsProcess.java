package dev.assay.harness.run.machine;

import dev.assay.harness.hardware.ceiling.MeasuredCeilings;
import dev.assay.harness.process.ForkedJvm;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Measures the machine's ceilings in a JVM of its own. */
public final class CeilingsProcess {
  private CeilingsProcess() {}

  /**
   * Takes about ten seconds.
   *
   * @param lastLevelCacheBytes size of the cache next to memory, if known
   * @param availableMemoryBytes free memory
   * @param directory existing directory for what the process writes
   * @throws dev.assay.harness.process.ProcessDiedException if it fails
   */
  public static MeasuredCeilings measure(
      int threads, OptionalLong lastLevelCacheBytes, long availableMemoryBytes, Path directory) {
    String name = "ceilings-" + threads + "-threads";
    Path outcome = directory.resolve(name + ".json").toAbsolutePath();
    new ForkedJvm(
            name,
            CeilingsMain.class,
            jvmArguments(threads),
            Map.of(),
            directory.resolve(name + ".log"))
        .run(
            List.of(
                Integer.toString(threads),
                Long.toString(lastLevelCacheBytes.orElse(-1)),
                Long.toString(availableMemoryBytes),
                outcome.toString()),
            () -> {});
    try {
      return new ResultJson().mapper().readValue(outcome.toFile(), MeasuredCeilings.class);
    } catch (IOException e) {
      throw new UncheckedIOException(outcome + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<String> jvmArguments(int threads) {
    List<String> arguments = new ArrayList<>(ForkedJvm.NATIVE_WORK);
    arguments.add("-Xmx512m");
    arguments.add("-Dai.djl.pytorch.num_threads=" + threads);
    return arguments;
  }
}
