package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.SyntheticFamilies;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.SparseGptParameters.JointQuantization;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every method under options of all kinds, on fixtures and on shapes that no fixture has: each
 * option on every third model, so that it meets layers, experts and odd shapes of several.
 */
@Tag("slow")
class MethodOptionsTest extends TorchTest {
  /** Divides none of the fixtures' widths. */
  private static final int ODD_GROUP = 24;

  private static final int EACH_OPTION = 3;

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
        SyntheticFamilies.ALL.stream());
  }

  /**
   * A method under an option.
   *
   * @param mostError greatest relative error of a linear: a tenth above what these models give, as
   *     the last bits of sums differ from processor to processor
   */
  private record Option(Step step, double mostError) {}

  /** Options by a short name. */
  private static Map<String, Option> options() {
    Map<String, Option> options = new LinkedHashMap<>();
    options.put("rtn2", new Option(rtn(2, ODD_GROUP, false, true), 0.118));
    options.put("rtn3", new Option(rtn(3, ODD_GROUP, true, false), 0.0445));
    options.put("rtn4", new Option(rtn(4, ODD_GROUP, false, false), 0.0065));
    options.put("rtn8", new Option(rtn(8, ODD_GROUP, false, false), 2.3e-5));
    options.put("rtn-sym-row", new Option(rtn(4, -1, true, true), 0.0128));
    options.put(
        "gptq-odd", new Option(gptq(4, ODD_GROUP, false, false, false, false, false), 0.0053));
    options.put(
        "gptq-odd-act", new Option(gptq(3, ODD_GROUP, true, true, false, true, false), 0.0322));
    options.put(
        "gptq-odd-static", new Option(gptq(4, ODD_GROUP, false, true, true, false, false), 0.0051));
    options.put(
        "gptq-sym-static-mse", new Option(gptq(3, 16, true, true, true, true, true), 0.0255));
    options.put("gptq-row-2", new Option(gptq(2, -1, false, true, false, true, true), 0.118));
    options.put("gptq-wide", new Option(gptq(8, 512, true, false, true, false, false), 3.6e-5));
    options.put("awq-odd", new Option(awq(4, ODD_GROUP, true, true, false), 0.0095));
    options.put("awq-row-3", new Option(awq(3, -1, true, true, false), 0.0584));
    options.put("awq-duo", new Option(awq(4, 16, true, true, true), 0.0078));
    options.put("awq-clip-alone", new Option(awq(2, 16, false, true, false), 0.142));
    options.put("awq-scale-alone", new Option(awq(8, 16, true, false, false), 2.7e-5));
    pruned(options, "0.3", 0.0183, 0.0633, 0.015);
    pruned(options, "1:4", 0.446, 0.581, 0.367);
    pruned(options, "3:4", 0.0372, 0.078, 0.0267);
    pruned(options, "4:8", 0.127, 0.241, 0.0937);
    pruned(options, "2:8", 0.392, 0.579, 0.315);
    options.put(
        "sparsegpt joint", new Option(sparsegpt("2:4", 16, new JointQuantization(4, true)), 0.121));
    return options;
  }

  /** Those that a model is tried with, in turn; of three methods that are pruned alike each. */
  private static Map<String, Option> optionsOf(int model) {
    Map<String, Option> own = new LinkedHashMap<>();
    int index = 0;
    for (Map.Entry<String, Option> option : options().entrySet()) {
      if ((index + index / EACH_OPTION + model) % EACH_OPTION == 0) {
        own.put(option.getKey(), option.getValue());
      }
      index++;
    }
    return own;
  }

  private static void pruned(
      Map<String, Option> options,
      String share,
      double byMagnitude,
      double byWanda,
      double bySparseGpt) {
    Sparsity sparsity = Sparsity.parse(share);
    Step magnitude = new Step("magnitude", new MagnitudeParameters(sparsity));
    Step wanda = new Step("wanda", new WandaParameters(sparsity));
    options.put("magnitude " + share, new Option(magnitude, byMagnitude));
    options.put("wanda " + share, new Option(wanda, byWanda));
    options.put("sparsegpt " + share, new Option(sparsegpt(share, 128, null), bySparseGpt));
  }

  private static Step sparsegpt(String share, int block, @Nullable JointQuantization joint) {
    return new Step(
        "sparsegpt", new SparseGptParameters(Sparsity.parse(share), 0.01, block, joint));
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
    return new Step("awq", new AwqParameters(bits, group, scale, clip, 5, duo, true, 0.5, 64));
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyOptionGivesAModelThatRuns(String name) {
    Checkpoint source = source(name);
    ModelSpec architecture = new Families().architecture(source);
    List<long[]> calibration = calibration(architecture);
    int linears =
        architecture.layers() * (int) architecture.main().layer(0).layout().linears().count();
    for (Map.Entry<String, Option> option : optionsOf(models().toList().indexOf(name)).entrySet()) {
      Path target = directory.resolve(option.getKey());
      List<LinearOutcome> outcomes =
          new Pipeline(torch, architecture, StageRegistry.load())
              .run(
                  source,
                  List.of(option.getValue().step()),
                  calibration,
                  target,
                  (stage, finished, layers) -> {})
              .get(0)
              .linears();
      assertThat(outcomes)
          .as(option.getKey())
          .hasSize(linears)
          .allSatisfy(
              each ->
                  assertThat(each.relativeError())
                      .isPositive()
                      .isLessThanOrEqualTo(option.getValue().mostError()));
      Checkpoint artifact = Checkpoint.open(target);
      try (LanguageModel model =
          LanguageModel.load(torch, artifact, architecture, Execution.reference(torch.device()))) {
        NDArray logits = model.logits(scope, new long[][] {calibration.get(0)});
        assertThat(torch.tensors().isFinite(logits)).as(option.getKey()).isTrue();
      }
      new OutcomeCheck(torch, architecture, source, artifact)
          .check(option.getValue().step(), outcomes);
    }
  }

  private static List<long[]> calibration(ModelSpec architecture) {
    Random random = new Random(11);
    int vocabulary = architecture.spec().vocabularySize();
    return Stream.generate(() -> random.longs(24, 0, vocabulary).toArray()).limit(8).toList();
  }

  private Checkpoint source(String name) {
    return SyntheticFamilies.ALL.contains(name)
        ? SyntheticFamilies.plain(name, DType.FLOAT16, directory.resolve("source"))
        : ModelFixture.of(name).checkpoint();
  }
}
