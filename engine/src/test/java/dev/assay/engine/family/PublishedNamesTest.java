package dev.assay.engine.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints whose tensors are named as other code saved them. */
class PublishedNamesTest extends TorchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"gpt2, transformer.", "bloom, transformer.", "opt, model.", "bert_seqcls, bert."})
  void namesMayLackTheirFirstPart(String family, String prefix) {
    sameOutputs(
        family, name -> name.startsWith(prefix) ? name.substring(prefix.length()) : name, null);
  }

  @Test
  void masksThatWereSavedAlongAreNoParameters() {
    sameOutputs("gpt2", name -> name, "transformer.h.0.attn.bias");
    sameOutputs("gptj", name -> name, "transformer.h.1.attn.masked_bias");
    sameOutputs("gpt_neox", name -> name, "gpt_neox.layers.0.attention.rotary_emb.inv_freq");
  }

  @Test
  void biasesOfZerosMayBeThere() {
    sameOutputs("llama", name -> name, "model.layers.1.self_attn.q_proj.bias", 0);
    assertThatThrownBy(
            () -> sameOutputs("llama", name -> name, "model.layers.1.mlp.up_proj.bias", 1))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("model.layers.1.mlp.up_proj.bias: found a bias, expected none");
  }

  @Test
  void normsMayHaveTheirFirstNames() {
    sameOutputs(
        "bert",
        name ->
            name.replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta"),
        null);
  }

  private void sameOutputs(String family, UnaryOperator<String> renamed, @Nullable String more) {
    sameOutputs(family, renamed, more, 1);
  }

  private void sameOutputs(
      String family, UnaryOperator<String> renamed, @Nullable String more, float value) {
    ModelFixture fixture = ModelFixture.of(family);
    Path target = directory.resolve(family + value);
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      for (String name : fixture.checkpoint().names()) {
        writer.put(renamed.apply(name), fixture.checkpoint().tensor(torch, scope, name));
      }
      if (more != null) {
        writer.put(more, scope.ones(new Shape(64)).mul(value));
      }
      writer.finish(fixture.checkpoint(), "float32");
    }
    Checkpoint checkpoint = Checkpoint.open(target);
    ModelFixture other =
        new ModelFixture(checkpoint, new Families().architecture(checkpoint), fixture.golden());

    NDArray expected = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());
    NDArray actual = FamilyFixtures.outputs(torch, scope, other, checkpoint);

    assertThat(actual.sub(expected).abs().max().getFloat()).isZero();
    if (value != 0) {
      assertThat(checkpoint.parameters()).isEqualTo(fixture.checkpoint().parameters());
    }
  }
}
