package dev.assay.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fixture.Variant;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.working.ArtifactModel;
import dev.assay.engine.working.WorkingModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where every value of a written file stands, against the layout that the format states. */
class GgufLayoutTest extends TorchTest {
  /** GPT-2's linears in a file and in a checkpoint of Hugging Face's. */
  private static final Map<String, String> GPT2 =
      Map.of(
          "attn_qkv", "attn.c_attn",
          "attn_output", "attn.c_proj",
          "ffn_up", "mlp.c_fc",
          "ffn_down", "mlp.c_proj");

  @TempDir Path directory;

  private Path export(Checkpoint source, String format) {
    Path file = directory.resolve(format + ".gguf");
    new ExportFormats().of(format).export(torch, source, file, 1L << 30);
    return file;
  }

  /** In a file the inputs are the fastest dimension, in a dense Conv1D the outputs. */
  @ParameterizedTest
  @CsvSource({"gguf-f16, 1e-3", "gguf-q8_0, 1e-2"})
  void denseGpt2IsTurned(String format, float tolerance) {
    Checkpoint source = ModelFixture.of("gpt2").checkpoint();

    PlainGguf file = new PlainGguf(export(source, format));

    GPT2.forEach(
        (stored, name) -> {
          NDArray weight = source.tensor(torch, scope, "transformer.h.2." + name + ".weight");
          long in = weight.getShape().get(0);
          long out = weight.getShape().get(1);
          String written = "blk.2." + stored + ".weight";
          assertThat(file.tensor(written).ne()).as(written).containsExactly(in, out);
          assertNear(file.values(written), weight.transpose().flatten().toFloatArray(), tolerance);
        });
  }

  /** The values of a packed weight, from its codes by hand; and the file computes what it does. */
  @ParameterizedTest
  @ValueSource(strings = {"GPTQ", "AWQ"})
  void packedGpt2IsNotTurned(GridForm.Layout layout) {
    ModelFixture fixture = ModelFixture.of("gpt2");
    RandomlyPacked packed = packed(fixture.checkpoint(), layout);
    Checkpoint source = packed.checkpoint();

    Path target = directory.resolve("packed.gguf");
    new ExportFormats()
        .of("gguf-f16")
        .export(torch, source, target, new ExportOptions(1L << 30, Optional.empty(), true));

    PlainGguf file = new PlainGguf(target);
    GPT2.forEach(
        (stored, name) -> {
          QuantizedWeight weight =
              Objects.requireNonNull(packed.weights().get("transformer.h.1." + name));
          String written = "blk.1." + stored + ".weight";
          assertThat(file.tensor(written).ne())
              .containsExactly(weight.inFeatures(), weight.outFeatures());
          assertNear(file.values(written), byHand(weight), 1e-3f);
        });
    NDArray expected = FamilyFixtures.outputs(torch, scope, fixture, source);
    NDArray found = FamilyFixtures.outputs(torch, scope, fixture, Checkpoint.open(target));
    assertThat(found.sub(expected).abs().max().getFloat()).isLessThan(5e-2f);
  }

  /** Written out by value, a packed Conv1D is one of [in, out] again. */
  @Test
  void packedGpt2IsTurnedInSafetensors() {
    ModelFixture fixture = ModelFixture.of("gpt2");
    RandomlyPacked packed = packed(fixture.checkpoint(), GridForm.Layout.GPTQ);
    Checkpoint source = packed.checkpoint();
    Path target = directory.resolve("plain");

    new ExportFormats().of("safetensors").export(torch, source, target, 1L << 30);

    Checkpoint plain = Checkpoint.open(target);
    String name = "transformer.h.0.attn.c_attn";
    assertThat(plain.info(name + ".weight").shape().getShape()).containsExactly(64, 192);
    assertNear(
        plain.tensor(torch, scope, name + ".weight").transpose().flatten().toFloatArray(),
        byHand(Objects.requireNonNull(packed.weights().get(name))),
        1e-6f);
    NDArray expected = FamilyFixtures.outputs(torch, scope, fixture, source);
    NDArray found = FamilyFixtures.outputs(torch, scope, fixture, plain);
    assertThat(found.sub(expected).abs().max().getFloat()).isLessThan(1e-4f);
  }

  /** Layers that a stage leaves as they are come out of blocks in the dense layout. */
  @Test
  void blocksOfGpt2AreTurnedWhenTheyGoOut() {
    Checkpoint q8 = Checkpoint.open(export(ModelFixture.of("gpt2").checkpoint(), "gguf-q8_0"));
    WorkingModel unchanged =
        new WorkingModel(
            torch,
            q8,
            new Families().architecture(q8),
            WeightFormats.load(),
            directory.resolve("working"));
    Path dense = directory.resolve("dense");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, dense)) {
      ArtifactModel.write(torch, unchanged, writer);
      writer.finish(q8, "float32");
    }

    for (String name : GPT2.values()) {
      String weight = "transformer.h.0." + name + ".weight";
      NDArray expected =
          torch.tensors().cast(scope, q8.tensor(torch, scope, weight), DType.FLOAT16);
      NDArray found = Checkpoint.open(dense).tensor(torch, scope, weight);
      assertThat(torch.tensors().floats(found)).isEqualTo(torch.tensors().floats(expected));
    }
  }

  private RandomlyPacked packed(Checkpoint dense, GridForm.Layout layout) {
    GridForm grid = new GridForm(4, 32, false, true, layout);
    return RandomlyPacked.of(
        torch,
        scope,
        dense,
        directory.resolve("packed"),
        prefix -> GPT2.values().stream().anyMatch(prefix::endsWith) ? grid : null);
  }

  private static float[] byHand(QuantizedWeight weight) {
    int out = (int) weight.outFeatures();
    int in = (int) weight.inFeatures();
    int[] codes = weight.codes().toType(DataType.INT32, true).toIntArray();
    float[] scales = weight.scales().toType(DataType.FLOAT32, true).toFloatArray();
    float[] zeros = weight.zeros().toType(DataType.FLOAT32, true).toFloatArray();
    float[] values = new float[out * in];
    for (int row = 0; row < out; row++) {
      for (int column = 0; column < in; column++) {
        int group = row * (in / 32) + column / 32;
        values[row * in + column] = scales[group] * (codes[row * in + column] - zeros[group]);
      }
    }
    return values;
  }

  /** LLaMA's query and key rows, their biases too: row 2i + k of a head was row k d/2 + i. */
  @Test
  void biasesOfRotaryHeadsGoWithTheirRows() {
    Checkpoint source = biased("llama", true, true, true);
    PlainGguf file = new PlainGguf(export(source, "gguf-f16"));
    int heads = source.config().get("num_attention_heads").intValue();

    float[] expected =
        source
            .tensor(torch, scope, "model.layers.1.self_attn.q_proj.bias")
            .toType(DataType.FLOAT32, true)
            .toFloatArray();

    float[] found = file.values("blk.1.attn_q.bias");
    assertThat(file.tensor("blk.1.attn_q.bias").type()).isZero();
    int width = expected.length / heads;
    for (int row = 0; row < expected.length; row++) {
      int within = row % width;
      int there = row - within + within % 2 * (width / 2) + within / 2;
      assertThat(found[row]).isEqualTo(expected[there]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama, true, true, true",
    "llama, true, false, false",
    "llama, false, true, false",
    "llama, false, false, true",
    "qwen2, true, true, true"
  })
  void biasesFollowFromTheTensors(String family, boolean input, boolean output, boolean inner) {
    Checkpoint source = biased(family, input, output, inner);
    Checkpoint read = Checkpoint.open(export(source, "gguf-f16"));
    ModelFixture fixture =
        new ModelFixture(
            source, new Families().architecture(source), ModelFixture.of(family).golden());
    NDArray expected = FamilyFixtures.outputs(torch, scope, fixture, source);

    ModelFixture again =
        new ModelFixture(read, new Families().architecture(read), fixture.golden());
    NDArray found = FamilyFixtures.outputs(torch, scope, again, read);

    assertThat(read.names()).isEqualTo(source.names());
    assertThat(found.sub(expected).abs().max().getFloat()).isLessThan(5e-2f);
  }

  private Checkpoint biased(String family, boolean input, boolean output, boolean inner) {
    Checkpoint plain = ModelFixture.of(family).checkpoint();
    Variant variant =
        Variant.of(plain)
            .config(
                config ->
                    config
                        .put("attention_bias", input)
                        .put("attention_output_bias", output)
                        .put("mlp_bias", inner));
    List<String> modules = new ArrayList<>();
    if (input) {
      modules.addAll(List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"));
    }
    if (output) {
      modules.add("self_attn.o_proj");
    }
    if (inner) {
      modules.addAll(List.of("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"));
    }
    for (int layer = 0; layer < plain.config().get("num_hidden_layers").intValue(); layer++) {
      for (String module : modules) {
        String prefix = "model.layers." + layer + "." + module;
        float[] values = new float[(int) plain.info(prefix + ".weight").shape().get(0)];
        for (int i = 0; i < values.length; i++) {
          values[i] = (i * 37 % 29 - 14 + layer) / 8f;
        }
        variant.tensor(prefix + ".bias", values, values.length);
      }
    }
    return variant.open(directory.resolve("biased"));
  }

  private static void assertNear(float[] found, float[] expected, float tolerance) {
    assertThat(found).hasSameSizeAs(expected);
    float greatest = 0;
    float difference = 0;
    for (int i = 0; i < found.length; i++) {
      greatest = Math.max(greatest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(found[i] - expected[i]));
    }
    assertThat(difference).isCloseTo(0, within(tolerance * greatest));
  }
}
