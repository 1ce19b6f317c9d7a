package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.lowrank.AsvdParameters;
import dev.assay.engine.lowrank.RankSearch;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of several families whose linears keep unlike shares of their parameters. */
class SearchedRanksTest extends TorchTest {
  private static final double KEEP = 0.7;

  @TempDir Path directory;

  /** Fused and transposed weights, experts, and a head of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"bloom", "gpt2", "mixtral", "llama"})
  void theyKeepAboutWhatIsAskedFor(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    boolean tied = fixture.architecture().spec().tiedHead();
    List<LinearOutcome> outcomes = run(fixture, tied ? List.of() : List.of("*", "head"));

    assertThat(outcomes).anyMatch(each -> each.layer() == LinearOutcome.BESIDE || tied);
    Checkpoint artifact = Checkpoint.open(directory.resolve("artifact"));
    double kept = (double) bytes(artifact, tied) / bytes(fixture.checkpoint(), tied);
    assertThat(kept).isBetween(KEEP - 0.15, KEEP + 0.05);
    long[][] ids = fixture.ids(scope, "input_ids");
    NDArray exact = logits(artifact, ids, Execution.reference(torch.device()));
    NDArray found = logits(artifact, ids, Execution.packed(torch.device(), DType.FLOAT32));
    double spread = exact.sub(exact.mean()).square().mean().sqrt().getFloat();
    assertThat(found.sub(exact).abs().max().getFloat() / spread).isLessThan(1e-3);
  }

  /** Of the linears as they run, in float32; of a head, which is the first, where it may go. */
  private long bytes(Checkpoint checkpoint, boolean tied) {
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.packed(torch.device(), DType.FLOAT32))) {
      return model.linears().stream().skip(tied ? 1 : 0).mapToLong(each -> each.bytes()).sum();
    }
  }

  private NDArray logits(Checkpoint artifact, long[][] ids, Execution execution) {
    try (LanguageModel model =
        LanguageModel.load(torch, artifact, new Families().architecture(artifact), execution)) {
      return model.logits(scope, ids);
    }
  }

  @Test
  void aHeadThatIsTheEmbeddingIsRefused() {
    assertThatThrownBy(() -> run(ModelFixture.of("gpt2"), List.of("*", "head")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the head multiplies by the embedding");
    assertThatThrownBy(() -> run(ModelFixture.of("t5"), List.of()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("expected one that continues text");
  }

  private List<LinearOutcome> run(ModelFixture fixture, List<String> targets) {
    AsvdParameters parameters =
        new AsvdParameters(
            KEEP,
            0.5,
            AsvdParameters.Magnitudes.MEAN,
            1,
            new RankSearch(List.of(0.5, 0.7, 0.9), 1));
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(new Step("asvd", parameters, new Selection(targets, List.of()))),
            Arrays.asList(fixture.ids(scope, "input_ids")),
            directory.resolve("artifact"),
            (stage, done, layers) -> {})
        .get(0)
        .linears();
  }
}
