package dev.assay.harness.measure.utilization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.export.ExportFormats;
import dev.assay.engine.family.Families;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.harness.run.TestBench;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a table of token vectors rows are read, of linears everything, the head's among them. */
class ModelTrafficTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"q8_0", "q4_0", "f16"})
  void everyByteOfTheLinearsIsRead(String type) {
    Path file = directory.resolve("model.gguf");
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      new ExportFormats()
          .of("gguf-" + type)
          .export(torch, Checkpoint.open(TestBench.model("ref-7m")), file, 1);
      check(torch, Checkpoint.open(file));
    }
  }

  @Test
  void valuesAreReadAsTheyRun() {
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      check(torch, Checkpoint.open(TestBench.model("ref-7m")));
    }
  }

  private static void check(TorchSession torch, Checkpoint checkpoint) {
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.packed(torch.device(), DType.FLOAT32))) {
      ModelTraffic traffic = ModelTraffic.of(model);

      long linears = model.linears().stream().mapToLong(RunnableLinear::bytes).sum();
      long norms = (2L * 6 + 1) * 256 * Float.BYTES;
      assertThat(traffic.weightBytes()).isEqualTo((double) (linears + norms));
      assertThat(traffic.embeddingBytes() * 8192).isEqualTo((double) model.table().bytes());
    }
  }
}
