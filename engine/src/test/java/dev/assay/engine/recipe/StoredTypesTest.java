package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The types in which artifacts are stored: each tensor's own, and for scales one that holds them.
 */
class StoredTypesTest extends TorchTest {
  private static final Step PRUNE =
      new Step("magnitude", new MagnitudeParameters(Sparsity.parse("0.5")));

  @TempDir Path directory;

  private static Step round(int bits) {
    return new Step("rtn", new RtnParameters(bits, 16, false, false));
  }

  /** Some tensors are in float32 beside linears of 16 bits, in one or several files. */
  @ParameterizedTest(name = "{0}: {1} in float32, linears in {2}")
  @CsvSource({
    "llama, norm, FLOAT16",
    "llama, embed, BFLOAT16",
    "qwen2, bias, FLOAT16",
    "mixtral, gate.weight, BFLOAT16",
    "opt, norm, FLOAT16",
    "gpt2, ln_, BFLOAT16",
    "phi3, norm, FLOAT16",
    "llama, v_proj, BFLOAT16",
  })
  void everyTensorHasItsOwnType(String family, String wide, DType narrow) {
    Function<String, DType> types = name -> name.contains(wide) ? DType.FLOAT32 : narrow;
    Checkpoint source = source(family, types, UnaryOperator.identity());

    Checkpoint pruned = run(source, PRUNE);
    Checkpoint rounded = run(source, round(4));

    assertThat(pruned.names()).isEqualTo(source.names());
    for (String name : pruned.names()) {
      assertThat(pruned.info(name).dtype()).as(name).isEqualTo(types.apply(name));
    }
    assertThat(pruned.weightBytes()).isEqualTo(source.weightBytes());
    for (String name : rounded.names()) {
      String prefix = name.substring(0, name.lastIndexOf('.'));
      DType linear = types.apply(prefix + ".weight");
      if (name.endsWith(".scales")) {
        assertThat(rounded.info(name).dtype())
            .as(name)
            .isEqualTo(linear == DType.FLOAT32 ? DType.FLOAT32 : DType.FLOAT16);
      } else if (source.has(name)) {
        assertThat(rounded.info(name).dtype()).as(name).isEqualTo(types.apply(name));
      }
    }
    assertThat(rounded.config().get("torch_dtype").asText()).isEqualTo(narrow.label());
  }

  /** Weights of any size that bfloat16 has: scales lie beyond float16's numbers on either side. */
  @ParameterizedTest(name = "weights times {0}, {1} bits, scales in {2}")
  @CsvSource({
    "1, 4, FLOAT16",
    "1, 8, FLOAT16",
    "1e7, 4, FLOAT32",
    "1e9, 8, FLOAT32",
    "1e30, 4, FLOAT32",
    "1e-6, 4, FLOAT32",
    "1e-12, 8, FLOAT32",
  })
  void scalesAreHeld(float factor, int bits, DType expected) {
    Checkpoint usual = source("llama", name -> DType.BFLOAT16, UnaryOperator.identity(), "usual");
    Checkpoint source =
        source("llama", name -> DType.BFLOAT16, weight -> weight.mul(factor), "scaled");

    Checkpoint artifact = run(source, round(bits));

    String linear = "model.layers.1.mlp.down_proj";
    assertThat(artifact.info(linear + ".scales").dtype()).isEqualTo(expected);
    NDArray found = artifact.linear(torch, scope, linear).dequantize(torch, scope);
    NDArray wanted = source.linear(torch, scope, linear).dequantize(torch, scope);
    NDArray reference =
        run(usual, round(bits)).linear(torch, scope, linear).dequantize(torch, scope);
    NDArray original = usual.linear(torch, scope, linear).dequantize(torch, scope);
    double error = Agreement.of(found, wanted).greatestDifference() / factor;
    assertThat(error)
        .isLessThanOrEqualTo(Agreement.of(reference, original).greatestDifference() * 1.1);
    List<LinearOutcome> outcomes = outcomes(source, round(bits));
    assertThat(outcomes)
        .allMatch(
            outcome ->
                (outcome.note() == null || !outcome.note().contains("scales in float32"))
                    == (expected == DType.FLOAT16));
  }

  /** A row whose weights are all far below those of the others keeps them. */
  @Test
  void oneSmallRow() {
    Checkpoint source =
        source(
            "llama",
            name -> DType.BFLOAT16,
            weight -> {
              float[] factors = new float[Math.toIntExact(weight.getShape().get(0))];
              Arrays.fill(factors, 1);
              factors[0] = 1e-8f;
              return weight.mul(weight.getManager().create(factors).expandDims(1));
            });

    Checkpoint artifact = run(source, round(4));

    float[] found = smallRow(artifact);
    float[] wanted = smallRow(source);
    for (int from = 0; from < wanted.length; from += 16) {
      float low = 0;
      float high = 0;
      for (int i = from; i < from + 16; i++) {
        low = Math.min(low, wanted[i]);
        high = Math.max(high, wanted[i]);
      }
      for (int i = from; i < from + 16; i++) {
        // Half a step of its own group's grid of 16 points, and the rounding of its scale.
        assertThat(found[i]).isCloseTo(wanted[i], within((high - low) / 15 * 0.5001f));
      }
    }
  }

  private float[] smallRow(Checkpoint checkpoint) {
    return checkpoint
        .linear(torch, scope, "model.layers.0.mlp.up_proj")
        .dequantize(torch, scope)
        .get(0)
        .toFloatArray();
  }

  @ParameterizedTest
  @CsvSource({
    "llama, model.layers.0.mlp.up_proj.weight, 'layer 0, mlp.up_proj: found a weight'",
    "llama, lm_head.weight, 'lm_head.weight: found a value'",
    "llama, model.embed_tokens.weight, 'model.embed_tokens.weight: found a value'",
    "llama, model.norm.weight, 'model.norm.weight: found a value'",
    "llama, model.layers.2.input_layernorm.weight,"
        + " 'model.layers.2.input_layernorm.weight: found a value'",
    "qwen2, model.layers.1.self_attn.k_proj.bias,"
        + " 'model.layers.1.self_attn.k_proj.bias: found a value'",
    "gpt2, transformer.h.0.ln_2.bias, 'transformer.h.0.ln_2.bias: found a value'",
    "gpt2, transformer.h.0.attn.c_attn.bias, 'transformer.h.0.attn.c_attn.bias: found a value'",
    "gpt2, transformer.wpe.weight, 'transformer.wpe.weight: found a value'",
    "mixtral, model.layers.0.block_sparse_moe.gate.weight,"
        + " 'model.layers.0.block_sparse_moe.gate.weight: found a value'",
  })
  void whatFloat16DoesNotHold(String family, String name, String expected) {
    Checkpoint source =
        source(family, each -> DType.BFLOAT16, StoredTypesTest::withOneLarge, "large", name);

    assertThatThrownBy(() -> run(source, new Step("cast", new CastParameters(DType.FLOAT16))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            expected + " of magnitude 9.984e+04, expected at most 6.550e+04, the limit of float16");
  }

  /** The same with 99840, which bfloat16 has, as one value. */
  private static NDArray withOneLarge(NDArray tensor) {
    float[] values = tensor.toFloatArray();
    values[values.length / 2] = -99840;
    return tensor.getManager().create(values, tensor.getShape());
  }

  /** A factor that AWQ's search moves into a norm can make it larger than its type has room for. */
  @Test
  void whatAFoldingMakesTooLarge() {
    Checkpoint source =
        source(
            "llama",
            each -> DType.FLOAT16,
            norm -> norm.mul(0).add(60000f),
            "folded",
            "input_layernorm.weight");
    List<long[]> calibration = List.of(new long[] {5, 9, 300, 4, 17, 28, 64, 100});
    Pipeline pipeline =
        new Pipeline(torch, new Families().architecture(source), StageRegistry.load());
    Step awq = new Step("awq", new AwqParameters(4, 16, true, false, 5, false, true, 0.5, 512));

    assertThatThrownBy(
            () ->
                pipeline.run(
                    source,
                    List.of(awq),
                    calibration,
                    directory.resolve("awq"),
                    (stage, finished, layers) -> {}))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("layer 0, input_layernorm: found a value of magnitude")
        .hasMessageContaining("the limit of float16");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.layers.0.mlp.up_proj.weight",
        "lm_head.weight",
        "model.embed_tokens.weight",
        "model.norm.weight",
        "model.layers.2.input_layernorm.weight",
      })
  void whatIsNotFinite(String name) {
    Checkpoint source =
        source("llama", each -> DType.FLOAT32, weight -> weight.mul(Float.NaN), "nan", name);

    for (Step step : List.of(PRUNE, round(4))) {
      assertThatThrownBy(() -> run(source, step))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(name.replace(".weight", ""))
          .hasMessageContaining("finite");
    }
  }

  private Checkpoint source(
      String family, Function<String, DType> types, UnaryOperator<NDArray> change) {
    return source(family, types, change, "source");
  }

  private Checkpoint source(
      String family, Function<String, DType> types, UnaryOperator<NDArray> change, String target) {
    return source(family, types, change, target, "_proj.weight");
  }

  /** A model of the families in other types and with some weights changed, in small files. */
  private Checkpoint source(
      String family,
      Function<String, DType> types,
      UnaryOperator<NDArray> change,
      String target,
      String changed) {
    Checkpoint model = ModelFixture.of(family).checkpoint();
    Path path = directory.resolve(target);
    try (CheckpointWriter writer = CheckpointWriter.create(torch, path, 1 << 16)) {
      for (String name : model.names()) {
        try (NDManager owner = torch.manager().newSubManager()) {
          NDArray tensor =
              torch.tensors().cast(owner, model.tensor(torch, owner, name), DType.FLOAT32);
          NDArray value = name.endsWith(changed) ? change.apply(tensor) : tensor;
          writer.put(name, torch.tensors().cast(owner, value, types.apply(name)));
        }
      }
      writer.finish(model, types.apply("a linear's").label());
    }
    return Checkpoint.open(path);
  }

  private Checkpoint run(Checkpoint source, Step step) {
    Path target = directory.resolve(source.path().getFileName() + "-" + step.stage());
    if (!target.toFile().exists()) {
      outcomes(source, step, target);
    }
    return Checkpoint.open(target);
  }

  private List<LinearOutcome> outcomes(Checkpoint source, Step step) {
    return outcomes(source, step, directory.resolve("outcomes"));
  }

  private List<LinearOutcome> outcomes(Checkpoint source, Step step, Path target) {
    return new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
        .run(source, List.of(step), List.of(), target, (stage, finished, layers) -> {})
        .get(0)
        .linears();
  }
}
