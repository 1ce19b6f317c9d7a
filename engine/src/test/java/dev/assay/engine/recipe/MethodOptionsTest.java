package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.Linear;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.SparseGptParameters.JointQuantization;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.synthetic.SyntheticCheckpoint;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.StoredWeight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method under options of all kinds, on fixtures and on shapes that no fixture has. */
@Tag("slow")
class MethodOptionsTest extends TorchTest {
  /** Divides none of the fixtures' widths. */
  private static final int ODD_GROUP = 24;

  private static final Map<String, String> SHAPES =
      Map.of(
          "falcon, one norm, one key",
          """
          {"model_type": "falcon", "hidden_size": 64, "num_hidden_layers": 2,
           "num_attention_heads": 4, "vocab_size": 200, "multi_query": true}""",
          "falcon, two norms, grouped",
          """
          {"model_type": "falcon", "hidden_size": 64, "num_hidden_layers": 2,
           "num_attention_heads": 4, "num_kv_heads": 2, "vocab_size": 200,
           "new_decoder_architecture": true}""",
          "falcon, one after the other",
          """
          {"model_type": "falcon", "hidden_size": 64, "num_hidden_layers": 2, "bias": true,
           "num_attention_heads": 4, "vocab_size": 200, "multi_query": false, "alibi": true,
           "parallel_attn": false}""",
          "gemma2",
          """
          {"model_type": "gemma2", "hidden_size": 64, "intermediate_size": 112, "head_dim": 16,
           "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4,
           "vocab_size": 200, "query_pre_attn_scalar": 16, "sliding_window": 8}""",
          "qwen3",
          """
          {"model_type": "qwen3", "hidden_size": 64, "intermediate_size": 112, "head_dim": 24,
           "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
           "vocab_size": 200}""",
          "opt, gelu, norms behind",
          """
          {"model_type": "opt", "hidden_size": 64, "ffn_dim": 128, "num_hidden_layers": 2,
           "num_attention_heads": 4, "vocab_size": 200, "word_embed_proj_dim": 32,
           "do_layer_norm_before": false, "activation_function": "gelu",
           "max_position_embeddings": 64}""");

  @TempDir Path directory;

  static Stream<String> models() {
    return Stream.concat(
        Stream.of(
            "llama",
            "mistral",
            "qwen2",
            "phi3",
            "opt",
            "gpt2",
            "gptj",
            "gpt_neox",
            "bloom",
            "mixtral"),
        SHAPES.keySet().stream().sorted());
  }

  /** Options by a short name. */
  private static Map<String, Step> options() {
    Map<String, Step> options = new LinkedHashMap<>();
    for (int bits : new int[] {2, 3, 4, 8}) {
      options.put("rtn" + bits, rtn(bits, ODD_GROUP, bits == 3, bits == 2));
    }
    options.put("rtn-sym-row", rtn(4, -1, true, true));
    options.put("gptq-odd", gptq(4, ODD_GROUP, false, false, false, false, false));
    options.put("gptq-odd-act", gptq(3, ODD_GROUP, true, true, false, true, false));
    options.put("gptq-odd-static", gptq(4, ODD_GROUP, false, true, true, false, false));
    options.put("gptq-sym-static-mse", gptq(3, 16, true, true, true, true, true));
    options.put("gptq-row-2", gptq(2, -1, false, true, false, true, true));
    options.put("gptq-wide", gptq(8, 512, true, false, true, false, false));
    options.put("awq-odd", awq(4, ODD_GROUP, true, true, false));
    options.put("awq-row-3", awq(3, -1, true, true, false));
    options.put("awq-duo", awq(4, 16, true, true, true));
    options.put("awq-clip-alone", awq(2, 16, false, true, false));
    options.put("awq-scale-alone", awq(8, 16, true, false, false));
    for (String sparsity : List.of("0.3", "1:4", "3:4", "4:8", "2:8")) {
      Sparsity each = Sparsity.parse(sparsity);
      options.put("magnitude " + sparsity, new Step("magnitude", new MagnitudeParameters(each)));
      options.put("wanda " + sparsity, new Step("wanda", new WandaParameters(each)));
      options.put(
          "sparsegpt " + sparsity,
          new Step("sparsegpt", new SparseGptParameters(each, 0.01, 128, null)));
    }
    options.put(
        "sparsegpt joint",
        new Step(
            "sparsegpt",
            new SparseGptParameters(
                Sparsity.parse("2:4"), 0.01, 16, new JointQuantization(4, true))));
    return options;
  }

  private static Step rtn(int bits, int group, boolean symmetric, boolean mse) {
    return new Step("rtn", new RtnParameters(bits, group, symmetric, mse));
  }

  private static Step gptq(
      int bits,
      int group,
      boolean symmetric,
      boolean ordered,
      boolean fixed,
      boolean sequential,
      boolean mse) {
    return new Step(
        "gptq",
        new GptqParameters(bits, group, symmetric, ordered, fixed, sequential, 0.01, 32, mse));
  }

  private static Step awq(int bits, int group, boolean scale, boolean clip, boolean duo) {
    return new Step("awq", new AwqParameters(bits, group, scale, clip, 5, duo, 0.5, 64));
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyOptionGivesAModelThatRuns(String name) throws IOException {
    Checkpoint source = source(name);
    Architecture architecture = new Families().architecture(source);
    List<long[]> calibration = calibration(architecture);
    int linears = architecture.layers() * (int) architecture.layout().linears().count();
    for (Map.Entry<String, Step> option : options().entrySet()) {
      Path target = directory.resolve(option.getKey());
      List<LinearOutcome> outcomes =
          new Pipeline(torch, architecture, StageRegistry.load())
              .run(
                  source,
                  List.of(option.getValue()),
                  calibration,
                  target,
                  (stage, finished, layers) -> {})
              .get(0)
              .linears();
      assertThat(outcomes)
          .as(option.getKey())
          .hasSize(linears)
          .allSatisfy(each -> assertThat(each.relativeError()).isBetween(0.0, 1.0));
      Checkpoint artifact = Checkpoint.open(target);
      try (LanguageModel model =
          LanguageModel.load(torch, artifact, architecture, Execution.reference(torch.device()))) {
        NDArray logits = model.logits(scope, new long[][] {calibration.get(0)});
        assertThat(torch.tensors().isFinite(logits)).as(option.getKey()).isTrue();
      }
      pattern(option.getValue())
          .ifPresent(kept -> keepsAtMost(kept, artifact, architecture, option.getKey()));
    }
  }

  private static Optional<Sparsity.NofM> pattern(Step step) {
    Sparsity sparsity = null;
    if (step.parameters() instanceof MagnitudeParameters magnitude) {
      sparsity = magnitude.sparsity();
    } else if (step.parameters() instanceof WandaParameters wanda) {
      sparsity = wanda.sparsity();
    } else if (step.parameters() instanceof SparseGptParameters sparseGpt) {
      sparsity = sparseGpt.sparsity();
    }
    return sparsity instanceof Sparsity.NofM nOfM ? Optional.of(nOfM) : Optional.empty();
  }

  /** In every run of m inputs of a row at most n weights are not zero. */
  private void keepsAtMost(
      Sparsity.NofM pattern, Checkpoint artifact, Architecture architecture, String option) {
    for (Linear linear : architecture.layout().parts().toList()) {
      String name = architecture.names().inLayer(1, linear.tensor());
      StoredWeight weight = artifact.linear(torch, scope, name);
      NDArray values = weight.dequantize(torch, scope);
      NDArray oriented =
          linear.transposed() && weight instanceof DenseWeight ? values.transpose() : values;
      long most =
          oriented
              .neq(0)
              .toType(DataType.INT64, false)
              .reshape(-1, pattern.m())
              .sum(new int[] {1})
              .max()
              .getLong();
      assertThat(most).as("%s: %s", option, name).isBetween(1L, (long) pattern.n());
    }
  }

  private static List<long[]> calibration(Architecture architecture) {
    Random random = new Random(11);
    int vocabulary = architecture.spec().vocabularySize();
    return Stream.generate(() -> random.longs(24, 0, vocabulary).toArray()).limit(8).toList();
  }

  private Checkpoint source(String name) throws IOException {
    String config = SHAPES.get(name);
    if (config == null) {
      return ModelFixture.of(name).checkpoint();
    }
    Path target = directory.resolve("source");
    SyntheticCheckpoint.write(
        new ObjectMapper().readTree(config), DType.FLOAT16, 2, target, (tensors, all) -> {});
    return Checkpoint.open(target);
  }
}
