package dev.assay.harness.run.need;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.export.ExportFormats;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.run.TestBench;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is foretold of packed weights is about what a loaded model holds. */
class PackedShareTest {
  private static final DType TYPE = DType.BFLOAT16;

  @TempDir Path directory;

  /** The head is the table; libtorch's kernel for 4 bits packs it its own way. */
  @ParameterizedTest
  @CsvSource({"q8_0, 0", "q4_0, 1"})
  void aTiedTableCountsAsOftenAsItIsThere(String type, int again) {
    Path file = directory.resolve("model.gguf");
    try (TorchSession torch = TorchSession.open(TorchDevice.CPU, 1)) {
      new ExportFormats()
          .of("gguf-" + type)
          .export(torch, Checkpoint.open(TestBench.model("ref-7m")), file, 1);
      Checkpoint checkpoint = Checkpoint.open(file);
      ModelSpec spec = new Families().architecture(checkpoint);

      PackedShare packed = PackedShare.of(checkpoint, spec);

      long table = checkpoint.linearBytes(spec.names().embedding());
      assertThat(packed.again()).isEqualTo(again * table);
      long rest = (checkpoint.parameters() - packed.weights()) * TYPE.bytes();
      double foretold = packed.bytes() + packed.again() + rest;
      Execution execution = Execution.packed(torch.device(), TYPE);
      try (LanguageModel model = LanguageModel.load(torch, checkpoint, spec, execution)) {
        // Our own kernel shares its tiles with the table, which needs the copy no more.
        long spared = model.linears().get(0).kernel().equals("tiled-grid") ? again * table : 0;
        assertThat((foretold - spared) / model.weightBytes()).isCloseTo(1, within(0.12));
      }
    }
  }
}
