package dev.assay.engine.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.CalibrationSource;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reference model of 8192 byte-level tokens with half of them. */
class TrimmedReferenceTest extends TorchTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path TEXT = Goldens.repository().resolve("docs/METHODOLOGY.md");
  private static final int KEPT = 4096;
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "The committee met on Tuesday, and nobody spoke.",
          "  Hello   world\n\n\tand  tabs ",
          "It's they're I'll we've you'd I'M",
          "naïve café Straße é 牛 你好，世界。 Привет мир مرحبا",
          "emoji 😀👩‍👩‍👧 🇪🇺",
          "numbers 1 12 123 1234 3.14159e-10 ==== ----~~~~",
          "<|endoftext|> in <|endoftext|>between",
          "antidisestablishmentarianism Schifffahrtsgesellschaft",
          "\u0001\u0002\u007f\ufffd");

  @TempDir static Path shared;

  private Checkpoint source;
  private Checkpoint artifact;
  private List<Integer> kept;

  @BeforeAll
  void trim() throws IOException {
    source = new Families().belonging(Checkpoint.open(ModelFixture.model("ref-7m")));
    artifact =
        run(
            "[{trim-vocabulary: {keep: %d, text: '%s'}}]".formatted(KEPT, TEXT),
            source,
            none(),
            shared.resolve("artifact"));
    kept = kept(source, artifact);
  }

  @Test
  void everyTextHasTokensAndDecodesToItself() throws IOException {
    try (Tokenizer before = source.tokenizer();
        Tokenizer after = artifact.tokenizer()) {
      assertThat(after.vocabSize()).isEqualTo(KEPT);
      assertThat(after.largestId()).isEqualTo(KEPT - 1L);
      assertThat(after.bosId()).isEqualTo(before.bosId());
      assertThat(after.eosId()).isEqualTo(before.eosId());
      List<String> texts = new ArrayList<>(TEXTS);
      texts.add(Files.readString(TEXT));
      for (String text : texts) {
        long[] ids = after.encode(text);
        assertThat(after.decode(ids)).isEqualTo(text);
        assertThat(ids.length).isGreaterThanOrEqualTo(before.encode(text).length);
        assertThat(Arrays.stream(ids).max().orElse(0)).isLessThan(KEPT);
      }
    }
  }

  /** What the library gives is what merging by the list that is left gives. */
  @Test
  void tokensAreThoseThatTheMergesLeftGive() throws IOException {
    try (Tokenizer after = artifact.tokenizer()) {
      JsonNode model = JSON.readTree(after.json()).path("model");
      NaiveBytePairs naive = new NaiveBytePairs(model);
      for (String text : TEXTS) {
        if (!text.contains("<|endoftext|>")) {
          assertThat(after.encode(text)).as(text).isEqualTo(naive.encode(text));
        }
      }
      String methodology = Files.readString(TEXT);
      assertThat(after.encode(methodology)).isEqualTo(naive.encode(methodology));
    }
  }

  /** Each token that stays can come about, by the merges that stay. */
  @Test
  void aTokenThatStaysComesAboutAsItDid() throws IOException {
    try (Tokenizer before = source.tokenizer();
        Tokenizer after = artifact.tokenizer()) {
      NaiveBytePairs whole = new NaiveBytePairs(JSON.readTree(before.json()).path("model"));
      NaiveBytePairs left = new NaiveBytePairs(JSON.readTree(after.json()).path("model"));
      for (int id = 1; id < KEPT; id++) {
        String token = left.token(id);
        assertThat(whole.merged(token)).as(token).containsExactly(token);
        assertThat(left.merged(token)).as(token).containsExactly(token);
      }
    }
  }

  @Test
  void rowsAreThoseOfTheTokensThatStay() {
    String name = "model.embed_tokens.weight";
    NDArray index = scope.create(kept.stream().mapToLong(Integer::longValue).toArray());
    NDArray expected = torch.tensors().selectRows(scope, source.tensor(torch, scope, name), index);

    assertThat(artifact.tensor(torch, scope, name).contentEquals(expected)).isTrue();
    assertThat(artifact.config().path("vocab_size").asInt()).isEqualTo(KEPT);
    assertThat(artifact.config().path("tie_word_embeddings").asBoolean()).isTrue();
    assertThat(artifact.config().path("bos_token_id").asInt()).isZero();
    assertThat(artifact.config().has("assay")).isFalse();
    assertThat(artifact.names()).isEqualTo(source.names());
    for (String other : source.names()) {
      if (!other.equals(name)) {
        assertThat(
                artifact
                    .tensor(torch, scope, other)
                    .contentEquals(source.tensor(torch, scope, other)))
            .as(other)
            .isTrue();
      }
    }
  }

  @Test
  void logitsAreThoseOfTheTokensThatStay() {
    long[] ids;
    try (Tokenizer after = artifact.tokenizer()) {
      ids = after.encode("The committee met on Tuesday, and nobody spoke of the naïve idea.");
    }
    long[] old = Arrays.stream(ids).map(id -> kept.get((int) id)).toArray();
    NDArray index = scope.create(kept.stream().mapToLong(Integer::longValue).toArray());
    Execution reference = Execution.reference(TorchDevice.CPU);
    ModelSpec spec = new Families().architecture(artifact);
    try (LanguageModel before =
            LanguageModel.load(torch, source, new Families().architecture(source), reference);
        LanguageModel after = LanguageModel.load(torch, artifact, spec, reference)) {
      NDArray all = before.logits(scope, new long[][] {old}).reshape(ids.length, 8192);
      NDArray found = after.logits(scope, new long[][] {ids}).reshape(ids.length, KEPT);

      assertThat(found.contentEquals(torch.tensors().selectColumns(scope, all, index))).isTrue();
    }
  }

  /** Stages behind it see samples in the tokens that are left, as if it had been the model. */
  @Test
  void oneRecipeIsWhatTwoInARowAre(@TempDir Path directory) throws IOException {
    Checkpoint inOne =
        run(
            "[{trim-vocabulary: {keep: %d, text: '%s'}}, {wanda: {sparsity: 0.5}}]"
                .formatted(KEPT, TEXT),
            source,
            samples(),
            directory.resolve("one"));
    Checkpoint inTwo =
        run("[{wanda: {sparsity: 0.5}}]", artifact, samples(), directory.resolve("two"));

    assertThat(inOne.sha256()).isEqualTo(inTwo.sha256());
    assertThat(inOne.config()).isEqualTo(inTwo.config());
    assertThat(directory.resolve(".one-rewritten")).doesNotExist();
    assertThat(Pipeline.working(directory.resolve("one"))).doesNotExist();
  }

  /** Counts are of the samples in the model's own tokens where no text is named. */
  @Test
  void countsAreOfSamplesWhereNoTextIsNamed(@TempDir Path directory) throws IOException {
    Checkpoint found =
        run("[{trim-vocabulary: {keep: 2000}}]", source, samples(), directory.resolve("counted"));

    List<Integer> stays = kept(source, found);
    assertThat(stays).hasSize(2000);
    for (long id : samples().of(source, new Families().architecture(source)).get(0)) {
      assertThat(stays).contains((int) id);
    }
  }

  @Test
  void samplesOfTheModelAloneAreNotTakenForOthers(@TempDir Path directory) throws IOException {
    List<Step> steps =
        RecipeText.steps(
            directory,
            "[{trim-vocabulary: {keep: %d, text: '%s'}}, {wanda: {sparsity: 0.5}}]"
                .formatted(KEPT, TEXT));
    Pipeline pipeline =
        new Pipeline(torch, new Families().architecture(source), StageRegistry.load());

    assertThatThrownBy(
            () ->
                pipeline.run(
                    source,
                    steps,
                    List.of(new long[] {1, 2, 3, 4}),
                    directory.resolve("artifact"),
                    (stage, done, layers) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("samples in tokens of the model alone");
    assertThat(directory.resolve("artifact")).doesNotExist();
  }

  @Test
  void whatCannotBeKeptIsRefusedByItsLine(@TempDir Path directory) throws IOException {
    Path list = Files.writeString(directory.resolve("list.txt"), "Ġthe\n17\n\nnonesuch-token\n");

    assertThatThrownBy(
            () ->
                run(
                    "[{trim-vocabulary: {list: '%s'}}]".formatted(list),
                    source,
                    none(),
                    directory.resolve("listed")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage trim-vocabulary: list: ")
        .hasMessageContaining("list.txt: line 4: found 'nonesuch-token', expected a token");
    Files.writeString(list, "8192\n");
    assertThatThrownBy(
            () ->
                run(
                    "[{trim-vocabulary: {list: '%s'}}]".formatted(list),
                    source,
                    none(),
                    directory.resolve("listed")))
        .hasMessageContaining("line 1: found '8192', expected the id of a token");
    for (String keep : List.of("200", "8193")) {
      assertThatThrownBy(
              () ->
                  run(
                      "[{trim-vocabulary: {keep: %s, text: '%s'}}]".formatted(keep, TEXT),
                      source,
                      none(),
                      directory.resolve("kept")))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(
              keep.equals("200")
                  ? "keep: found 200, expected at least 257: special tokens"
                  : "keep: found 8193, expected at most 8192, the tokens of");
    }
  }

  @Test
  void parametersSayOneThing(@TempDir Path directory) throws IOException {
    Path list = Files.writeString(directory.resolve("list.txt"), "Ġthe\n");

    for (String wrong :
        List.of(
            "{}",
            "{keep: 300, list: '%s'}".formatted(list),
            "{list: '%s', text: '%s'}".formatted(list, TEXT),
            "{keep: 300, sha256: abc}",
            "{list: '%s', sha256: abc}".formatted(list),
            "{keep: 0}",
            "{list: '%s'}".formatted(directory.resolve("nowhere.txt")))) {
      assertThatThrownBy(
              () -> RecipeText.steps(directory, "[{trim-vocabulary: %s}]".formatted(wrong)))
          .as(wrong)
          .isInstanceOf(BadInputException.class);
    }
  }

  /** A list leaves what it names, what that is merged from, the bytes and the special token. */
  @Test
  void aListLeavesWhatItNames(@TempDir Path directory) throws IOException {
    Path list = Files.writeString(directory.resolve("list.txt"), "Ġcommittee\n8000\n");

    Checkpoint found =
        run(
            "[{trim-vocabulary: {list: '%s'}}]".formatted(list),
            source,
            none(),
            directory.resolve("listed"));

    List<Integer> stays = kept(source, found);
    assertThat(stays).contains(0, 8000).hasSizeBetween(260, 290);
    try (Tokenizer after = found.tokenizer()) {
      assertThat(after.encode(" committee")).hasSize(1);
      assertThat(after.decode(after.encode("naïve 牛"))).isEqualTo("naïve 牛");
    }
  }

  private static CalibrationSource none() {
    return (model, spec) -> List.of();
  }

  /** Windows of a text in a model's own tokens. */
  private static CalibrationSource samples() {
    return (model, spec) -> {
      try (Tokenizer tokenizer = model.tokenizer()) {
        long[] ids = tokenizer.encode(Files.readString(TEXT));
        List<long[]> windows = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          windows.add(Arrays.copyOfRange(ids, i * 64, (i + 1) * 64));
        }
        return windows;
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    };
  }

  private Checkpoint run(String stages, Checkpoint model, CalibrationSource samples, Path target)
      throws IOException {
    new Pipeline(torch, new Families().architecture(model), StageRegistry.load())
        .run(model, RecipeText.steps(shared, stages), samples, target, (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }

  /** The old ids of an artifact's tokens, by the tokens. */
  private static List<Integer> kept(Checkpoint before, Checkpoint after) throws IOException {
    try (Tokenizer old = before.tokenizer();
        Tokenizer left = after.tokenizer()) {
      JsonNode all = JSON.readTree(old.json()).path("model").path("vocab");
      JsonNode some = JSON.readTree(left.json()).path("model").path("vocab");
      Map<Integer, Integer> byNew = new HashMap<>();
      some.properties()
          .forEach(
              token -> byNew.put(token.getValue().asInt(), all.path(token.getKey()).asInt(-1)));
      List<Integer> kept = new ArrayList<>();
      for (int id = 0; id < byNew.size(); id++) {
        kept.add(java.util.Objects.requireNonNull(byNew.get(id)));
      }
      return kept;
    }
  }
}
