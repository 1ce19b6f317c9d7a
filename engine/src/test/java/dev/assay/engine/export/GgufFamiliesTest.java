package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that went through a GGUF file compute what they did, up to the rounding of weights. */
class GgufFamiliesTest extends TorchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "qwen2",
        "phi3",
        "phi3_longrope",
        "gpt2",
        "mistral",
        "mixtral",
        "bloom",
        "gptj",
        "gpt_neox",
        "bert_seqcls"
      })
  void modelsComputeTheSame(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Path file = directory.resolve(family + ".gguf");
    new ExportFormats().of("gguf-f16").export(torch, fixture.checkpoint(), file, 1L << 30);
    Checkpoint checkpoint = Checkpoint.open(file);
    ModelFixture read =
        new ModelFixture(checkpoint, new Families().architecture(checkpoint), fixture.golden());

    NDArray logits = FamilyFixtures.outputs(torch, scope, read, checkpoint);

    NDArray golden =
        fixture.golden().read(scope, family.startsWith("bert") ? "logits_plain" : "logits");
    // 11 bits of mantissa in the weights; the logits' own spread is between 2 and 3.
    assertThat(logits.sub(golden).abs().mean().getFloat()).isLessThan(5e-3f);
    assertThat(logits.sub(golden).abs().max().getFloat()).isLessThan(5e-2f);
  }
}
