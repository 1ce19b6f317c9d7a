package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.AwqScalesParameters;
import dev.assay.engine.quantize.CodebookParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.HqqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.quantize.SmoothQuantParameters;
import dev.assay.engine.quantize.outlier.BillmParameters;
import dev.assay.engine.quantize.outlier.BillmParameters.Metric;
import dev.assay.engine.quantize.outlier.SpqrParameters;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is done in place of what a recipe asks for is told of each linear. */
class SubstitutionsTest extends TorchTest {
  private static final long[] NINE_TOKENS = {3, 1, 4, 1, 5, 9, 2, 6, 5};

  @TempDir Path directory;

  @Test
  void aLastGroupThatIsShorter() {
    Step step = new Step("rtn", new RtnParameters(4, 48, false, false));

    assertThat(of("llama", step).flatMap(each -> each.substitutions().stream()).distinct())
        .containsExactlyInAnyOrder(
            new Substitution(
                "groups of 48", "a last group of 16", "64 columns are no whole groups"),
            new Substitution(
                "groups of 48", "a last group of 16", "160 columns are no whole groups"));
    Step large = new Step("rtn", new RtnParameters(4, 128, false, false));
    assertThat(of("llama", large).flatMap(each -> each.substitutions().stream()))
        .contains(
            new Substitution("groups of 128", "one group of 64", "64 columns are no whole groups"),
            new Substitution(
                "groups of 128", "a last group of 32", "160 columns are no whole groups"));
    Step whole = new Step("rtn", new RtnParameters(4, 32, false, false));
    assertThat(of("llama", whole)).allMatch(each -> each.substitutions().isEmpty());
  }

  @Test
  void linearsThatStayDense() {
    // Weights of 64 by 64, 32 by 64, 160 by 64 and 64 by 160.
    Step step = new Step("hqq", new HqqParameters(4, 5120, 1, true, null, 0.7, 10, 20));

    List<LinearOutcome> left =
        of("llama", step).filter(each -> !each.substitutions().isEmpty()).toList();

    assertThat(left).isNotEmpty();
    assertThat(left)
        .allSatisfy(
            each -> {
              Substitution only = each.substitutions().get(0);
              assertThat(only.wanted()).isEqualTo("rounded");
              assertThat(only.done()).startsWith("stored value by value in float");
              assertThat(only.why()).contains("no whole groups of 5120");
            });
    Step table = new Step("nf4", new CodebookParameters(64, false));
    assertThat(of("gpt2", table).filter(each -> each.linear().startsWith("attn.c_attn")))
        .isNotEmpty()
        .allMatch(each -> each.substitutions().size() == 1);
  }

  @Test
  void linearsThatCalibrationHardlySees() {
    Step step =
        new Step("gptq", new GptqParameters(4, 16, false, false, false, false, 0.01, 128, false));

    List<Substitution> told =
        of("mixtral", step).flatMap(each -> each.substitutions().stream()).toList();

    assertThat(told).isNotEmpty();
    assertThat(told)
        .allSatisfy(
            each -> {
              assertThat(each.wanted()).isEqualTo("calibrated");
              assertThat(each.done()).isEqualTo("rounded to nearest");
              assertThat(each.why()).contains("calibration tokens only");
            });
  }

  /** Nine tokens in 64 features: no Hessian is positive definite without damping. */
  static Stream<Step> undamped() {
    return Stream.of(
        new Step("gptq", new GptqParameters(4, 16, false, false, false, false, 0, 128, false)),
        new Step("sparsegpt", new SparseGptParameters(Sparsity.parse("0.5"), 0, 128, null)),
        new Step(
            "spqr", new SpqrParameters(4, 16, 3, 3, 16, 0.2, false, false, true, false, 0, 128)),
        new Step("billm", new BillmParameters(Metric.HESSIAN, 32, 0, true, 10)));
  }

  @ParameterizedTest
  @MethodSource("undamped")
  void dampingThatIsRaised(Step step) {
    List<LinearOutcome> raised =
        of("llama", step).filter(each -> each.linear().endsWith("o_proj")).toList();

    assertThat(raised)
        .isNotEmpty()
        .allSatisfy(
            each -> {
              assertThat(each.note()).contains("damping raised from 0.0 to 0.01");
              assertThat(each.substitutions())
                  .containsOnlyOnce(
                      new Substitution(
                          "damping of 0.0",
                          "damping of 0.01",
                          "the Hessian is not positive definite"));
            });
  }

  /** One token is too few to tell of 64 channels. */
  @Test
  void normsThatCalibrationHardlySees() {
    List<LinearOutcome> smoothed =
        of(
                "llama",
                List.of(new long[] {3}),
                new Step("smoothquant", new SmoothQuantParameters(0.5)))
            .toList();
    List<LinearOutcome> searched =
        of(
                "llama",
                List.of(new long[] {3}),
                new Step("smoothquant", new SmoothQuantParameters(0.5, true, 4)))
            .toList();
    List<LinearOutcome> scaled =
        of(
                "llama",
                List.of(new long[] {3}),
                new Step("awq-scales", new AwqScalesParameters(4, 16, 4, true)))
            .toList();

    String why = "saw 1 calibration tokens only";
    assertThat(smoothed)
        .extracting(LinearOutcome::linear)
        .contains("self_attn.q_proj", "mlp.up_proj")
        .doesNotContain("self_attn.o_proj", "mlp.down_proj");
    assertThat(List.of(smoothed, searched))
        .allSatisfy(
            each ->
                assertThat(each)
                    .isNotEmpty()
                    .allSatisfy(
                        linear -> {
                          assertThat(linear.note()).isEqualTo("not smoothed: " + why);
                          assertThat(linear.substitutions())
                              .containsExactly(new Substitution("smoothed", "left as it is", why));
                          assertThat(linear.relativeError()).isZero();
                          assertThat(linear.tokens()).isEqualTo(1);
                        }));
    assertThat(scaled)
        .extracting(LinearOutcome::linear)
        .contains("self_attn.q_proj", "mlp.up_proj", "mlp.down_proj");
    // With grouped queries its input takes no scales, whatever calibration sees.
    assertThat(scaled)
        .allSatisfy(
            linear ->
                assertThat(linear.substitutions())
                    .isEqualTo(
                        linear.linear().equals("self_attn.o_proj")
                            ? List.of()
                            : List.of(new Substitution("scaled", "left as it is", why))));
  }

  /** With tokens enough nothing is said. */
  @Test
  void normsThatCalibrationSees() {
    assertThat(of("llama", new Step("smoothquant", new SmoothQuantParameters(0.5))))
        .isNotEmpty()
        .allMatch(each -> each.substitutions().isEmpty());
  }

  @Test
  void anotherLayoutThanTheMethods() {
    Step awq =
        new Step(
            "awq",
            new AwqParameters(4, 16, false, false, 4, true, false, 0.5, 512),
            new Selection(List.of("mlp.*"), List.of()));
    Step rtn =
        new Step(
            "rtn",
            new RtnParameters(8, 16, false, false),
            new Selection(List.of("self_attn.*"), List.of()));

    assertThat(
            of("llama", awq, rtn)
                .flatMap(each -> each.substitutions().stream())
                .filter(each -> !each.wanted().equals("calibrated"))
                .distinct())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.wanted()).isEqualTo("AWQ's layout");
              assertThat(each.done()).isEqualTo("GPTQ's layout");
              assertThat(each.why()).startsWith("AWQ's configuration knows one grid");
            });
  }

  @Test
  void pruningIsNoRounding() {
    Step step = new Step("magnitude", new MagnitudeParameters(Sparsity.parse("0.5")));

    assertThat(of("llama", step)).allMatch(each -> each.substitutions().isEmpty());
  }

  private Stream<LinearOutcome> of(String family, Step... steps) {
    return of(family, List.of(NINE_TOKENS), steps);
  }

  private Stream<LinearOutcome> of(String family, List<long[]> calibration, Step... steps) {
    ModelFixture fixture = ModelFixture.of(family);
    Path target = directory.resolve(String.valueOf(System.nanoTime()));
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                fixture.checkpoint(),
                List.of(steps),
                calibration,
                target,
                (stage, finished, layers) -> {})
            .stream()
            .flatMap(outcome -> outcome.linears().stream());
  }
}
