package dev.assay.harness.run.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.harness.hardware.disturbance.Attempts.Attempt;
import dev.assay.harness.hardware.disturbance.Observation;
import dev.assay.harness.run.artifact.ArtifactOrigin;
import dev.assay.harness.suite.Device;
import dev.assay.harness.suite.Measures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTimesTest {
  private static final KernelChoices FIRST =
      new KernelChoices(new TreeMap<>(Map.of("int4pack int4", 64L)), new TreeMap<>());
  private static final KernelChoices SECOND =
      new KernelChoices(
          new TreeMap<>(Map.of("int4pack int4", 8L)), new TreeMap<>(Map.of("int4", "int4pack")));

  @TempDir Path directory;

  private KernelTimes.Found choices(TorchSession torch, String build, KernelTimes.Timing timing) {
    WorkerRequest request =
        new WorkerRequest(
            "m",
            null,
            "r.yaml",
            "key",
            new ArtifactOrigin("m", "r", "c", "s"),
            "cache",
            List.of(),
            List.of(),
            new Measures(List.of(), null, true, true, false, false, false, true),
            Device.CPU,
            DType.FLOAT32,
            KernelInputs.NATIVE,
            2,
            "machine",
            build,
            "r",
            "p");
    return new KernelTimes(directory, request).choices(torch, timing);
  }

  /** As if others had waited for the processors for a share of ten seconds. */
  private static KernelTimes.Timing finding(KernelChoices choices, double waiting) {
    return (torch, execution) ->
        new Attempt<>(
            choices,
            new Observation(10, 2, 10 * waiting, 10.0, 20 * waiting, 0.0, null, null, null));
  }

  private Path file(String build) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(build))) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void kernelsAreTimedOnceForABuild() throws IOException {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 2)) {
      assertThat(choices(torch, "one", finding(FIRST, 0)).choices()).isEqualTo(FIRST);
      assertThat(choices(torch, "one", finding(SECOND, 0)).choices()).isEqualTo(FIRST);
      assertThat(choices(torch, "two", finding(SECOND, 0)).choices()).isEqualTo(SECOND);
      assertThat(choices(torch, "one", finding(SECOND, 0)).choices()).isEqualTo(FIRST);
    }
    assertThat(file("one").getFileName().toString()).startsWith("machine-").contains("2-threads");
  }

  @Test
  void whatCannotBeReadIsTimedAnew() throws IOException {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 2)) {
      choices(torch, "one", finding(FIRST, 0));
      Files.writeString(file("one"), "{\"packedRows\": {\"int4pack");
      assertThat(choices(torch, "one", finding(SECOND, 0)).choices()).isEqualTo(SECOND);
    }
  }

  /** Cells that come later are not to live with what a busy minute said. */
  @Test
  void disturbedTimesDecideNothing() {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 2)) {
      KernelTimes.Found found = choices(torch, "one", finding(SECOND, 0.5));
      assertThat(found.choices()).isEqualTo(KernelChoices.NONE);
      assertThat(found.note().orElseThrow()).startsWith("kernels: their times were disturbed (");
      assertThat(directory.resolve("one")).doesNotExist();
      assertThat(choices(torch, "one", finding(FIRST, 0)).choices()).isEqualTo(FIRST);
    }
  }

  @Test
  void whatIsTimedIsWatched() {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 2)) {
      KernelTimes.Found found = choices(torch, "one", KernelTimes::watched);
      assertThat(found.choices().packedRows().isEmpty()).isEqualTo(found.note().isPresent());
    }
  }
}
