package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.lowrank.FwsvdParameters;
import dev.assay.engine.lowrank.KeepOf;
import dev.assay.engine.lowrank.RankSearch;
import dev.assay.engine.lowrank.SvdLlmParameters;
import dev.assay.engine.lowrank.SvdParameters;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Models whose linears have ranks by what they cost the loss, by the methods that add losses up.
 */
class SharedRanksTest extends TorchTest {
  private static final double KEEP = 0.7;
  private static final RankSearch SEARCH = new RankSearch(List.of(0.4, 0.6, 0.9), 1);

  @TempDir Path directory;

  private static Step step(String stage, double keep, KeepOf of, RankSearch search) {
    return new Step(
        stage,
        switch (stage) {
          case "svd" -> new SvdParameters(keep, of, search);
          case "fwsvd" -> new FwsvdParameters(keep, of, search);
          case "svd-llm" -> new SvdLlmParameters(keep, false, of, search);
          default -> new SvdLlmParameters(keep, true, of, search);
        });
  }

  /** Grouped queries, fused and transposed weights, experts. */
  @ParameterizedTest
  @CsvSource({
    "svd, llama",
    "svd, phi3",
    "svd, gpt2",
    "fwsvd, llama",
    "fwsvd, mixtral",
    "svd-llm, llama",
    "svd-llm, bloom",
    "svd-llm, mixtral",
    "svd-llm, mistral"
  })
  void theyKeepNoMoreThanIsAskedFor(String stage, String family) {
    ModelFixture fixture = ModelFixture.of(family);
    List<LinearOutcome> outcomes =
        run(fixture, step(stage, KEEP, KeepOf.LINEARS, SEARCH), "artifact");

    assertThat(share(fixture, "artifact")).isBetween(KEEP - 0.1, KEEP + 1e-3);
    assertThat(outcomes.stream().map(LinearOutcome::bits).distinct().count()).isGreaterThan(1);
  }

  /** Left factors fitted anew keep the ranks that were found without. */
  @Test
  void anUpdateComesBehindTheSearch() {
    ModelFixture fixture = ModelFixture.of("llama");
    run(fixture, step("svd-llm", KEEP, KeepOf.LINEARS, SEARCH), "artifact");
    Step updating = new Step("svd-llm", new SvdLlmParameters(KEEP, true, KeepOf.LINEARS, SEARCH));
    run(fixture, updating, "updated");

    assertThat(share(fixture, "updated")).isEqualTo(share(fixture, "artifact"));
  }

  /** Of one share that is tried, all get that, as without a search. */
  @Test
  void oneShareOfAllIsTheSameAsWithoutASearch() {
    ModelFixture fixture = ModelFixture.of("llama");
    for (String stage : List.of("svd", "svd-llm")) {
      RankSearch one = new RankSearch(List.of(0.6), 1);
      run(fixture, step(stage, 0.6, KeepOf.LINEARS, one), stage);
      run(
          fixture,
          new Step(stage, stage.equals("svd") ? new SvdParameters(0.6) : new SvdLlmParameters(0.6)),
          stage + "-alike");
      assertThat(tensors(stage)).isEqualTo(tensors(stage + "-alike"));
    }
  }

  @Test
  void aShareMayBeOfTheModel() {
    ModelFixture fixture = ModelFixture.of("llama");
    run(fixture, step("svd-llm", 0.8, KeepOf.MODEL, SEARCH), "artifact");

    Checkpoint artifact = Checkpoint.open(directory.resolve("artifact"));
    assertThat((double) artifact.parameters() / fixture.checkpoint().parameters())
        .isBetween(0.75, 0.8 + 1e-3);
  }

  /** What is left of the linears is less than any share that is tried. */
  @Test
  void aShareOfTheModelThatNoTriedOneReachesIsRefused() {
    ModelFixture fixture = ModelFixture.of("llama");
    RankSearch high = new RankSearch(List.of(0.8, 0.9), 1);
    assertThatThrownBy(() -> run(fixture, step("svd", 0.81, KeepOf.MODEL, high), "artifact"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("search.shares");
  }

  @Test
  void modelsWithoutALossAreRefused() {
    assertThatThrownBy(
            () -> run(ModelFixture.of("bert"), step("svd", KEEP, KeepOf.LINEARS, SEARCH), "x"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("expected one that continues text");
  }

  private List<String> tensors(String name) {
    Checkpoint artifact = Checkpoint.open(directory.resolve(name));
    return artifact.names().stream()
        .map(
            each ->
                each
                    + Arrays.toString(
                        torch
                            .tensors()
                            .cast(scope, artifact.tensor(torch, scope, each), DType.FLOAT32)
                            .toFloatArray()))
        .toList();
  }

  /** Of the linears' bytes as they run, in float32. */
  private double share(ModelFixture fixture, String name) {
    return (double) bytes(Checkpoint.open(directory.resolve(name))) / bytes(fixture.checkpoint());
  }

  private long bytes(Checkpoint checkpoint) {
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.packed(torch.device(), DType.FLOAT32))) {
      return model.linears().stream().skip(1).mapToLong(each -> each.bytes()).sum();
    }
  }

  private List<LinearOutcome> run(ModelFixture fixture, Step step, String target) {
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(step),
            Arrays.asList(fixture.ids(scope, "input_ids")),
            directory.resolve(target),
            (stage, done, layers) -> {})
        .get(0)
        .linears();
  }
}
