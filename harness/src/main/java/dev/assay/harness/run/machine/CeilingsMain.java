package dev.assay.harness.run.machine;

import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.hardware.ceiling.CeilingProbe;
import dev.assay.harness.hardware.ceiling.CeilingSettings;
import dev.assay.harness.process.ParentWatch;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;

/** Entry point of the forked JVM that measures the machine's ceilings. */
public final class CeilingsMain {
  private static final Duration PER_CEILING = Duration.ofMillis(600);

  private CeilingsMain() {}

  /**
   * @param arguments threads, bytes of the last-level cache (negative if unknown), bytes of free
   *     memory, file for the outcome
   */
  public static void main(String[] arguments) throws IOException {
    Locale.setDefault(Locale.ROOT);
    ParentWatch.start();
    int threads = Integer.parseInt(arguments[0]);
    long cache = Long.parseLong(arguments[1]);
    CeilingSettings settings =
        CeilingSettings.forMachine(
            cache < 0 ? OptionalLong.empty() : OptionalLong.of(cache),
            Long.parseLong(arguments[2]));
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, threads)) {
      new ResultJson()
          .mapper()
          .writeValue(
              Path.of(arguments[3]).toFile(),
              new CeilingProbe(torch, PER_CEILING).machine(settings));
    }
  }
}
