package dev.assay.engine.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.SyntheticFamilies;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fixture.UnigramTokenizer;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.run.EncoderDecoderModel;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of several families with fewer tokens: heads tied and not, with a bias, two stacks. */
class TrimmedFamiliesTest extends TorchTest {
  @TempDir Path directory;

  /** A token that stays has the logit that it had. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "gptj", "gpt_neox", "bloom", "opt", "mixtral"})
  void logitsOfTheTokensThatStayAreWhatTheyWere(String family) throws IOException {
    ModelFixture fixture = withTokenizer(family);
    long[][] ids = fixture.ids(scope, "input_ids");
    List<Integer> listed = listed(ids, fixture.architecture());

    Checkpoint artifact = trimmed(fixture, listed);

    List<Integer> kept = kept(artifact);
    assertThat(kept).containsAll(listed);
    ModelSpec spec = new Families().architecture(artifact);
    assertThat(spec.spec().vocabularySize()).isEqualTo(kept.size());
    assertThat(spec.spec().tiedHead()).isEqualTo(fixture.architecture().spec().tiedHead());
    try (LanguageModel before =
            LanguageModel.load(torch, fixture.checkpoint(), fixture.architecture(), reference());
        LanguageModel after = LanguageModel.load(torch, artifact, spec, reference())) {
      same(before.logits(scope, ids), after.logits(scope, renumbered(ids, kept)), kept);
    }
  }

  /** The table that encoder and decoder share, and whatever copies of it a file holds. */
  @ParameterizedTest
  @ValueSource(strings = {"t5", "t5_v1_1"})
  void encoderAndDecoderLoseTheSameTokens(String family) throws IOException {
    ModelFixture fixture = withTokenizer(family);
    long[][] ids = fixture.ids(scope, "input_ids");
    long[][] written = fixture.ids(scope, "decoder_input_ids");
    List<Integer> listed = listed(ids, fixture.architecture());
    listed = listed(written, fixture.architecture(), listed);

    Checkpoint artifact = trimmed(fixture, listed);

    List<Integer> kept = kept(artifact);
    ModelSpec spec = new Families().architecture(artifact);
    try (EncoderDecoderModel before =
            EncoderDecoderModel.load(
                torch, fixture.checkpoint(), fixture.architecture(), reference());
        EncoderDecoderModel after = EncoderDecoderModel.load(torch, artifact, spec, reference())) {
      NDArray old = before.logits(scope, written, before.encode(scope, ids, null), null);
      NDArray memory = after.encode(scope, renumbered(ids, kept), null);
      same(old, after.logits(scope, renumbered(written, kept), memory, null), kept);
    }
  }

  static List<String> families() {
    return Stream.concat(FamilyFixtures.ALL.stream(), SyntheticFamilies.FAMILIES.stream()).toList();
  }

  /** Nothing taken out: the outputs are the same to the last bit. */
  @ParameterizedTest
  @MethodSource("families")
  void allTokensKeptChangeNothing(String family) throws IOException {
    ModelFixture fixture = withTokenizer(family);

    Checkpoint artifact =
        run(
            fixture,
            "{trim-vocabulary: {keep: %d}}"
                .formatted(fixture.architecture().spec().vocabularySize()));

    NDArray before = FamilyFixtures.outputs(torch, scope, fixture, fixture.checkpoint());
    NDArray after = FamilyFixtures.outputs(torch, scope, fixture, artifact);
    assertThat(after.contentEquals(before)).isTrue();
    for (String name : artifact.names()) {
      assertThat(
              artifact
                  .tensor(torch, scope, name)
                  .contentEquals(fixture.checkpoint().tensor(torch, scope, name)))
          .as(name)
          .isTrue();
    }
  }

  /** Rounding behind it works on what is left, and the head has fewer rows. */
  @Test
  void furtherStagesWorkOnWhatIsLeft() throws IOException {
    ModelFixture fixture = withTokenizer("llama");
    List<Integer> listed = listed(fixture.ids(scope, "input_ids"), fixture.architecture());
    Path list = list(listed);

    Checkpoint artifact =
        run(
            fixture,
            "{trim-vocabulary: {list: '%s'}}, {rtn: {bits: 4, groupSize: 16}}".formatted(list));

    ModelSpec spec = new Families().architecture(artifact);
    assertThat(spec.spec().vocabularySize()).isEqualTo(kept(artifact).size());
    assertThat(spec.main().layer(0).linear("mlp.up_proj").format()).contains("int4");
  }

  @Test
  void whatHasNoTokenizerOrIsPackedIsRefused() throws IOException {
    ModelFixture none = ModelFixture.of("llama");
    assertThatThrownBy(() -> run(none, "{trim-vocabulary: {keep: 60}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage trim-vocabulary")
        .hasMessageContaining("no tokenizer");

    ModelFixture fixture = withTokenizer("llama");
    Checkpoint rounded = run(fixture, "{rtn: {bits: 8, groupSize: 16, targets: [embedding]}}");
    ModelFixture packed =
        new ModelFixture(rounded, new Families().architecture(rounded), fixture.golden());
    assertThatThrownBy(() -> run(packed, "{trim-vocabulary: {keep: 60}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("expected value by value, as rows go");
  }

  @Test
  void itComesFirst() throws IOException {
    ModelFixture fixture = withTokenizer("llama");

    assertThatThrownBy(
            () -> run(fixture, "{cast: {dtype: bfloat16}}, {trim-vocabulary: {keep: 60}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage trim-vocabulary: found it behind 'cast'");
    assertThatThrownBy(
            () -> run(fixture, "{trim-vocabulary: {keep: 90}}, {trim-vocabulary: {keep: 60}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found it behind 'trim-vocabulary'");
  }

  private static Execution reference() {
    return Execution.reference(dev.assay.engine.torch.TorchDevice.CPU);
  }

  /** A copy of a family's model with a tokenizer that has a token for each row. */
  private ModelFixture withTokenizer(String family) throws IOException {
    Path copy = directory.resolve("model-" + family);
    ModelFixture fixture;
    if (SyntheticFamilies.FAMILIES.contains(family)) {
      fixture = SyntheticFamilies.uneven(torch, family, copy);
    } else {
      fixture = ModelFixture.of(family);
      PathUtils.copyDirectory(fixture.checkpoint().directory(), copy);
    }
    // Synthetic ones may stand in a directory below.
    Path made = fixture.checkpoint().directory();
    Path model = made.startsWith(directory) ? made : copy;
    UnigramTokenizer.write(model, fixture.architecture().spec().vocabularySize());
    Checkpoint checkpoint = new Families().belonging(Checkpoint.open(model));
    return new ModelFixture(checkpoint, fixture.architecture(), fixture.golden());
  }

  /** The ids of an input and every third beside. */
  private static List<Integer> listed(long[][] ids, ModelSpec spec) {
    return listed(ids, spec, List.of());
  }

  private static List<Integer> listed(long[][] ids, ModelSpec spec, List<Integer> others) {
    TreeSet<Integer> listed = new TreeSet<>(others);
    Arrays.stream(ids).flatMapToLong(Arrays::stream).forEach(id -> listed.add((int) id));
    for (int id = 0; id < spec.spec().vocabularySize(); id += 3) {
      listed.add(id);
    }
    return List.copyOf(listed);
  }

  private Path list(List<Integer> ids) throws IOException {
    Path file = directory.resolve("list.txt");
    Files.writeString(
        file, ids.stream().map(String::valueOf).collect(Collectors.joining("\n")) + "\n");
    return file;
  }

  private Checkpoint trimmed(ModelFixture fixture, List<Integer> ids) throws IOException {
    return run(fixture, "{trim-vocabulary: {list: '%s'}}".formatted(list(ids)));
  }

  private Checkpoint run(ModelFixture fixture, String stages) throws IOException {
    Path target = directory.resolve("artifact-" + Integer.toHexString(stages.hashCode()));
    new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            RecipeText.steps(directory, "[" + stages + "]"),
            Arrays.asList(fixture.ids(scope, "input_ids")),
            target,
            (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }

  /** The old ids of an artifact's tokens, as their pieces tell. */
  private static List<Integer> kept(Checkpoint artifact) throws IOException {
    JsonNode pieces;
    try (Tokenizer tokenizer = artifact.tokenizer()) {
      pieces =
          new com.fasterxml.jackson.databind.ObjectMapper()
              .readTree(tokenizer.json())
              .path("model")
              .path("vocab");
    }
    List<String> names =
        LongStream.range(0, 100_000).mapToObj(id -> UnigramTokenizer.piece((int) id)).toList();
    List<Integer> kept = new java.util.ArrayList<>();
    for (JsonNode piece : pieces) {
      kept.add(names.indexOf(piece.path(0).asText()));
    }
    return kept;
  }

  private static long[][] renumbered(long[][] ids, List<Integer> kept) {
    return Arrays.stream(ids)
        .map(row -> Arrays.stream(row).map(id -> kept.indexOf((int) id)).toArray())
        .toArray(long[][]::new);
  }

  /** Products of fewer rows may be summed in another order. */
  private void same(NDArray before, NDArray after, List<Integer> kept) {
    NDArray index = scope.create(kept.stream().mapToLong(Integer::longValue).toArray());
    long width = before.getShape().get(before.getShape().dimension() - 1);
    NDArray expected = torch.tensors().selectColumns(scope, before.reshape(-1, width), index);
    NDArray actual = after.reshape(-1, kept.size());
    float[] one = torch.tensors().floats(expected);
    float[] two = torch.tensors().floats(actual);
    assertThat(two).hasSameSizeAs(one);
    for (int i = 0; i < one.length; i++) {
      assertThat(Math.abs(two[i] - one[i])).isLessThanOrEqualTo(1e-5f * (1 + Math.abs(one[i])));
    }
  }
}
