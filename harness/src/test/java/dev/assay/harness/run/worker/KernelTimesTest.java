package dev.assay.harness.run.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.harness.run.artifact.ArtifactOrigin;
import dev.assay.harness.suite.Device;
import dev.assay.harness.suite.Measures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In float32, in which only the two kernels of libtorch's are timed. */
class KernelTimesTest {
  @TempDir Path directory;

  private KernelChoices choices(TorchSession torch, String build) {
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
            new Measures(List.of(), null, true, true, false, false, false),
            Device.CPU,
            DType.FLOAT32,
            KernelInputs.NATIVE,
            2,
            "machine",
            build,
            "r",
            "p");
    return new KernelTimes(directory, request).choices(torch);
  }

  private Path file(String build) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(build))) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void kernelsAreTimedOnceForABuild() throws IOException {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 2)) {
      assertThat(choices(torch, "one").packedRows())
          .containsOnlyKeys("int4pack int4", "int8pack int8");

      Path file = file("one");
      String content = Files.readString(file);
      Files.writeString(file, content.replaceAll("(\"int4pack int4\"\\s*:\\s*)\\d+", "$1 7777"));
      assertThat(choices(torch, "one").packedRows()).containsEntry("int4pack int4", 7777L);

      assertThat(choices(torch, "two").packedRows().get("int4pack int4")).isLessThan(7777);
      assertThat(choices(torch, "one").packedRows()).containsEntry("int4pack int4", 7777L);
    }
  }

  @Test
  void whatCannotBeReadIsTimedAnew() throws IOException {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 2)) {
      choices(torch, "one");
      Files.writeString(file("one"), "{\"packedRows\": {\"int4pack");
      assertThat(choices(torch, "one").packedRows()).isNotEmpty();
      assertThat(choices(torch, "one")).isEqualTo(choices(torch, "one"));
    }
  }
}
