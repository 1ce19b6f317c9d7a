package dev.assay.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fixture.Variant;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables are as long as the sequences that run, whatever context a model states. */
class PositionTablesTest extends TorchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "llama, max_position_embeddings",
    "mistral, max_position_embeddings",
    "qwen2, max_position_embeddings",
    "phi3, max_position_embeddings",
    "mixtral, max_position_embeddings",
    "gpt_neox, max_position_embeddings",
    "gptj, n_positions",
    "bloom, seq_length",
    "t5, n_positions"
  })
  void anyStatedContextGivesTheGoldenLogits(String family, String key) {
    ModelFixture fixture = ModelFixture.of(family);
    NDArray golden = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());
    for (long context : new long[] {1 << 20, 1 << 22, Integer.MAX_VALUE, 1L << 31, 1L << 40}) {
      Checkpoint checkpoint =
          Variant.of(fixture.checkpoint())
              .config(config -> config.put(key, context))
              .open(directory.resolve(family + context));
      ModelFixture variant =
          new ModelFixture(checkpoint, new Families().architecture(checkpoint), fixture.golden());

      NDArray found = FamilyFixtures.outputs(torch, scope, variant, checkpoint);

      assertThat(found.toFloatArray()).as(key + " " + context).isEqualTo(golden.toFloatArray());
    }
  }

  private PositionTables tables(String family) {
    return new PositionTables(
        torch, scope, ModelFixture.of(family).architecture().spec(), DType.FLOAT32);
  }

  @Test
  void rowsAreThoseOfTheSequencesThatRan() {
    try (PositionTables tables = tables("llama")) {
      int context = ModelFixture.of("llama").architecture().spec().contextLength();
      PositionTables.Tables first = tables.of(5);
      assertThat(first.rows()).isEqualTo(Math.min(64, context)).isLessThanOrEqualTo(context);
      assertThat(first.cosines().getShape().get(0)).isEqualTo(first.rows());
      float[] before = first.sines().toFloatArray();

      PositionTables.Tables grown = tables.of(65);
      assertThat(grown.rows()).isEqualTo(128);
      assertThat(grown.sines().get(":64").toFloatArray()).isEqualTo(before);
      assertThat(tables.of(7)).isSameAs(grown);
    }
  }

  /** Two sets of frequencies, on either side of the length where they change. */
  @Test
  void longRopeHasTwo() {
    try (PositionTables tables = tables("phi3_longrope")) {
      DecoderSpec spec = ModelFixture.of("phi3_longrope").architecture().spec();
      int original = ((Positions.Rotary) spec.positions()).rope().scaling().switchesAfter();
      PositionTables.Tables brief = tables.of(original);
      PositionTables.Tables longer = tables.of(original + 1);

      assertThat(longer.cosines().get("1").toFloatArray())
          .isNotEqualTo(brief.cosines().get("1").toFloatArray());
      assertThat(tables.of(2)).isSameAs(brief);
    }
  }

  @Test
  void cacheIsPreparedFor() {
    ModelFixture fixture = ModelFixture.of("bloom");
    try (LanguageModel model =
            LanguageModel.load(
                torch, fixture.checkpoint(), fixture.architecture(), Execution.REFERENCE);
        KvCache cache = model.newCache(1, 40)) {
      long[][] ids = {{1, 2, 3, 4, 5, 6}};
      NDArray whole = model.logits(scope, ids);
      NDArray first = model.logits(scope, new long[][] {{1, 2, 3}}, cache);
      NDArray rest = model.logits(scope, new long[][] {{4, 5, 6}}, cache);

      assertThat(first.sub(whole.get(":, :3")).abs().max().getFloat()).isLessThan(1e-4f);
      assertThat(rest.sub(whole.get(":, 3:")).abs().max().getFloat()).isLessThan(1e-4f);
    }
  }

  @ParameterizedTest
  @CsvSource({"llama", "gpt2", "bloom", "opt", "gptj"})
  void sequencesBeyondThePositionsAreRefused(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    int context = fixture.architecture().spec().contextLength();
    try (LanguageModel model =
        LanguageModel.load(
            torch, fixture.checkpoint(), fixture.architecture(), Execution.REFERENCE)) {
      assertThat(model.logits(scope, new long[1][context]).getShape().get(1)).isEqualTo(context);
      String message =
          "found a sequence of %d tokens, expected at most the model's %d positions"
              .formatted(context + 1, context);
      assertThatThrownBy(() -> model.logits(scope, new long[1][context + 1]))
          .isInstanceOf(BadInputException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> model.embed(scope, new long[1][context + 1])).hasMessage(message);
    }
  }
}
