package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
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

  /** Files have no key for how far positions are told apart: readers take 128. */
  @ParameterizedTest
  @ValueSource(strings = {"t5", "t5_v1_1"})
  void encodersWithDecodersComputeTheSame(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    Path near = directory.resolve("near");
    FileUtils.copyDirectory(fixture.checkpoint().directory().toFile(), near.toFile());
    assertThatThrownBy(() -> export(Checkpoint.open(near)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key relative_attention_max_distance: found 2");
    Path config = near.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("(\"relative_attention_max_distance\": )\\d+", "$1128"));

    Checkpoint source = Checkpoint.open(near);
    Checkpoint read = export(source);

    NDArray expected = FamilyFixtures.outputs(torch, scope, fixture(source, fixture), source);
    NDArray found = FamilyFixtures.outputs(torch, scope, fixture(read, fixture), read);
    assertThat(torch.tensors().floats(found)).isEqualTo(torch.tensors().floats(expected));
  }

  private Checkpoint export(Checkpoint source) {
    Path file = directory.resolve("exact.gguf");
    new ExportFormats().of("gguf").export(torch, source, file, 1L << 30);
    return Checkpoint.open(file);
  }

  private static ModelFixture fixture(Checkpoint checkpoint, ModelFixture fixture) {
    return new ModelFixture(checkpoint, new Families().architecture(checkpoint), fixture.golden());
  }
}
