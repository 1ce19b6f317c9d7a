package dev.assay.engine.run;

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
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.LongStream;
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

  @Test
  void rowsAreThoseOfTheSequencesThatRan() {
    ModelFixture fixture = ModelFixture.of("llama");
    PositionTables tables = new PositionTables(torch, fixture.architecture().spec(), DType.FLOAT32);
    ScriptModule modules =
        ScriptModule.compile(scope, "def extend(self, tables: List[Tensor]) -> NoneType:\n  pass");
    int context = fixture.architecture().spec().contextLength();

    tables.extend(modules, 5);
    assertThat(tables.rows()).isEqualTo(Math.min(64, context));
    tables.extend(modules, 65);
    assertThat(tables.rows()).isEqualTo(Math.min(128, context));
    tables.extend(modules, 7);
    assertThat(tables.rows()).isEqualTo(Math.min(128, context));
  }

  /** A sequence that grows step by step, past the rows that were there when it began. */
  @ParameterizedTest
  @CsvSource({"llama", "bloom", "gptj"})
  void aGrowingSequenceGivesWhatAWholeOneGives(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    int length = Math.min(130, fixture.architecture().spec().contextLength());
    long[] ids = LongStream.range(0, length).map(i -> 3 + i * 7 % 50).toArray();
    try (LanguageModel model =
            LanguageModel.load(
                torch,
                fixture.checkpoint(),
                fixture.architecture(),
                Execution.reference(torch.device()));
        KvCache cache = model.newCache(1, length)) {
      model.logits(scope, new long[][] {Arrays.copyOf(ids, 3)});
      NDArray found = null;
      for (int at = 0; at < length; at += 13) {
        long[] next = Arrays.copyOfRange(ids, at, Math.min(length, at + 13));
        found = model.logits(scope, new long[][] {next}, cache);
      }
      NDArray last = Objects.requireNonNull(found).get(":, -1");
      NDArray whole = model.logits(scope, new long[][] {ids}).get(":, -1");

      assertThat(last.sub(whole).abs().max().getFloat()).isLessThan(1e-3f);
    }
  }

  @Test
  void cacheIsPreparedFor() {
    ModelFixture fixture = ModelFixture.of("bloom");
    try (LanguageModel model =
            LanguageModel.load(
                torch,
                fixture.checkpoint(),
                fixture.architecture(),
                Execution.reference(torch.device()));
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
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            Execution.reference(torch.device()))) {
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
