package dev.assay.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Tensors that belong to a model and others. */
class ModelTensorsTest extends TorchTest {
  static final List<String> FAMILIES = FamilyFixtures.ALL;

  @TempDir Path directory;

  @ParameterizedTest
  @FieldSource("FAMILIES")
  void allOfAFamilysBelong(String family) {
    ModelFixture fixture = ModelFixture.of(family);

    ModelTensors tensors = new ModelTensors(fixture.checkpoint(), fixture.architecture());

    assertThat(tensors.strays()).isEmpty();
    assertThat(tensors.only().fileBytes()).isEqualTo(fixture.checkpoint().fileBytes());
    assertThat(tensors.only().notes()).isEmpty();
  }

  /** They are named, left out of what is made, and no size counts them. */
  @ParameterizedTest
  @CsvSource({
    "llama, model.layers.3.mlp.up_proj.weight",
    "llama, model.layers.0.mlp.up_proj.lora_A.weight",
    "llama, base_model.model.model.layers.0.self_attn.q_proj.lora_B.default.weight",
    "llama, model.layers.0.self_attn.q_proj.weight.absmax",
    "llama, model.layers.0.self_attn.k_scale",
    "mixtral, model.layers.0.block_sparse_moe.experts.8.w1.weight",
    "opt, model.decoder.layers.7.fc1.weight",
    "gpt2, transformer.h.9.attn.c_attn.weight",
    "phi3, vision.patch.weight",
    "t5, encoder.block.5.layer.0.SelfAttention.q.weight",
    "bert, adapters.0.weight",
    "llama, adapter.qweight",
    "llama, model.layers.9.mlp.up_proj.weight_packed",
  })
  void strays(String family, String stray) {
    Checkpoint model = ModelFixture.of(family).checkpoint();
    Checkpoint found = with(model, stray);

    Checkpoint checkpoint = new Families().belonging(found);

    Path file = directory.resolve("source/model.safetensors");
    assertThat(checkpoint.notes())
        .containsExactly(
            file
                + ": tensor '"
                + stray
                + "' belongs to nothing in the model; it is left out and counted nowhere");
    assertThat(checkpoint.names()).isEqualTo(model.names());
    assertThat(checkpoint.weightBytes()).isEqualTo(model.weightBytes());
    assertThat(checkpoint.parameters()).isEqualTo(model.parameters());
    assertThat(found.fileBytes() - checkpoint.fileBytes()).isEqualTo(4 * 6 * Float.BYTES);
    Path target = directory.resolve("target");
    new Pipeline(torch, new Families().architecture(found), StageRegistry.load())
        .run(
            found,
            List.of(new Step("cast", new CastParameters(DType.FLOAT32))),
            List.of(),
            target,
            (stage, finished, layers) -> {});
    assertThat(Checkpoint.open(target).names()).isEqualTo(model.names());
  }

  /** Older code saved them along. */
  @ParameterizedTest
  @CsvSource({
    "llama, model.layers.0.self_attn.rotary_emb.inv_freq",
    "gpt2, transformer.h.0.attn.bias",
    "gpt2, transformer.h.0.attn.masked_bias",
    "gpt_neox, gpt_neox.layers.0.attention.bias",
    "bert, bert.embeddings.position_ids",
    "t5, decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight",
  })
  void buffers(String family, String buffer) {
    Checkpoint model = ModelFixture.of(family).checkpoint();

    Checkpoint checkpoint = new Families().belonging(with(model, buffer));

    assertThat(checkpoint.notes()).isEmpty();
    assertThat(checkpoint.names()).isEqualTo(model.names());
    assertThat(checkpoint.weightBytes()).isEqualTo(model.weightBytes());
  }

  private Checkpoint with(Checkpoint model, String further) {
    Path target = directory.resolve("source");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      SortedSet<String> names = new TreeSet<>(model.names());
      for (String name : names) {
        try (NDManager owner = torch.manager().newSubManager()) {
          NDArray tensor = model.tensor(torch, owner, name);
          writer.put(name, tensor);
        }
      }
      writer.put(further, scope.ones(new Shape(4, 6)));
      writer.finish(model, "float32");
    }
    return Checkpoint.open(target);
  }
}
