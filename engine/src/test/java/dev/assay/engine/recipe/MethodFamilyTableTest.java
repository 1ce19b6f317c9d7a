package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.AdapterFixture;
import dev.assay.engine.fixture.DocumentTable;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.GapTokenizer;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.SyntheticFamilies;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fixture.UnigramTokenizer;
import dev.assay.engine.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every stage that the class path offers, with its defaults, on a model of every family: it runs
 * and leaves finite outputs, or is refused as bad input. The table in {@code docs/METHODS.md} is
 * what this finds; {@code -Dassay.regenerate=true} writes it anew.
 */
@Tag("slow")
class MethodFamilyTableTest extends TorchTest {
  private static final Path FILE = Goldens.repository().resolve("docs/METHODS.md");
  private static final String BEGIN =
      "<!-- stages by family, written by MethodFamilyTableTest -->\n";
  private static final String END = "<!-- end of stages by family -->\n";

  /** What stages must be told, and steps enough to show that learning and searches run; as YAML. */
  static final Map<String, String> GIVEN =
      Map.ofEntries(
          Map.entry("adaround", "{iterations: 2}"),
          Map.entry("autoround", "{iterations: 2, batch: 2}"),
          Map.entry("awq", "{gridPoints: 2}"),
          Map.entry("awq-scales", "{gridPoints: 2}"),
          Map.entry("block-qat", "{epochs: 1}"),
          Map.entry("cast", "{dtype: bfloat16}"),
          Map.entry("drop-experts", "{keep: 3}"),
          Map.entry("early-exit", "{threshold: 0.5}"),
          Map.entry("eora", "{rank: 4}"),
          Map.entry("hqq", "{iterations: 2}"),
          Map.entry("kivi", "{groupSize: 8, residual: 8}"),
          Map.entry("bitnet", "{training: {steps: 2, batch: 2}}"),
          Map.entry("distill", "{training: {steps: 2, batch: 2}}"),
          Map.entry("finetune", "{training: {steps: 2, batch: 2}}"),
          Map.entry("loftq", "{rank: 4, iterations: 2}"),
          Map.entry("lottery", "{rounds: 1, training: {steps: 2, batch: 2}}"),
          Map.entry("lqer", "{rank: 4}"),
          Map.entry("magnitude", "{sparsity: 0.5}"),
          Map.entry("minillm", "{prompt: 4, tokens: 8, training: {steps: 2, batch: 2}}"),
          Map.entry("movement", "{training: {steps: 2, batch: 2}}"),
          Map.entry("mx", "{element: e4m3}"),
          Map.entry("omniquant", "{epochs: 1}"),
          Map.entry("prune-heads", "{keep: 0.5}"),
          Map.entry("qat", "{training: {steps: 2, batch: 2}}"),
          Map.entry("qlora", "{training: {steps: 2, batch: 2}}"),
          Map.entry("ria", "{sparsity: 0.5}"),
          Map.entry("skip-experts", "{below: 0.5}"),
          Map.entry("sparsegpt", "{sparsity: 0.5}"),
          Map.entry("stress-outliers", "{channels: [7], factors: [20]}"),
          Map.entry("train-scales", "{training: {steps: 2, batch: 2}}"),
          Map.entry("trim-vocabulary", "{keep: 64}"),
          Map.entry("wanda", "{sparsity: 0.5}"));

  /** What is to come before some, as YAML. */
  private static final Map<String, String> BEFORE =
      Map.of(
          "eora", "  - rtn: {}\n",
          "lqer", "  - rtn: {}\n",
          "qlora", "  - rtn: {}\n",
          "train-scales", "  - rtn: {}\n");

  private static final String TRIM = "trim-vocabulary";
  private static final int SENTINELS = 16;

  /** Stages of the tests themselves. */
  static final String TOY = "dev.assay.engine.toy";

  @TempDir Path directory;

  private final Map<String, TreeSet<String>> refusals = new TreeMap<>();

  @Test
  void isWhatTheMethodsSay() throws IOException {
    StageRegistry registry = StageRegistry.load();
    SortedMap<String, ModelFixture> models = models();
    List<String> stages =
        registry.all().stream()
            .filter(type -> !type.parameters().getName().startsWith(TOY))
            .map(StageType::name)
            .toList();
    // Family by family, as stages of one share what is compiled of it.
    Map<String, List<String>> cells = new LinkedHashMap<>();
    for (Map.Entry<String, ModelFixture> model : models.entrySet()) {
      for (String stage : stages) {
        cells
            .computeIfAbsent(stage, name -> new ArrayList<>())
            .add(cell(registry, stage, model.getKey(), model.getValue()));
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add("| stage | " + String.join(" | ", models.keySet()) + " |");
    lines.add("|---".repeat(models.size() + 1) + "|");
    cells.forEach(
        (stage, found) -> lines.add("| `" + stage + "` | " + String.join(" | ", found) + " |"));
    lines.add("");
    refusals.forEach(
        (why, where) ->
            lines.add("- " + String.join(", ", where) + ": " + why.replace("|", "\\|")));
    String table = String.join("\n", lines).stripTrailing() + "\n";

    new DocumentTable(FILE, BEGIN, END).hold(table, "methods", MethodFamilyTableTest.class);
  }

  /** A model of every family, by name. */
  private SortedMap<String, ModelFixture> models() {
    SortedMap<String, ModelFixture> models = new TreeMap<>();
    FamilyFixtures.ALL.forEach(name -> models.put(name, ModelFixture.of(name)));
    for (String name : SyntheticFamilies.FAMILIES) {
      models.put(name, SyntheticFamilies.uneven(torch, name, directory.resolve(name)));
    }
    return models;
  }

  private String cell(StageRegistry registry, String stage, String family, ModelFixture model)
      throws IOException {
    ModelFixture fixture = withWhatItReads(stage, family, model);
    Path target = directory.resolve(stage + "-" + family);
    try (NDManager own = torch.manager().newSubManager()) {
      if (stage.equals("lora")) {
        AdapterFixture.write(
            torch,
            directory.resolve("adapter"),
            AdapterFixture.config(1),
            AdapterFixture.everyLinear(own, fixture.architecture(), 1));
      }
      List<Pipeline.StageOutcome> outcomes =
          run(registry, step(registry, stage, fixture), fixture, target);
      assertRuns(own, fixture, target);
      boolean whole =
          outcomes.stream()
              .flatMap(outcome -> outcome.linears().stream())
              .flatMap(linear -> linear.substitutions().stream())
              .noneMatch(MethodFamilyTableTest::leftDense);
      return whole ? "yes" : "in part";
    } catch (BadInputException e) {
      String why = String.valueOf(e.getMessage()).replace(directory.toString(), "…");
      assertThat(why).as("%s on %s", stage, family).isNotBlank();
      refusals.computeIfAbsent(why, text -> new TreeSet<>()).add("`" + stage + "` on " + family);
      return "no";
    } finally {
      if (Files.exists(target)) {
        PathUtils.deleteDirectory(target);
      }
    }
  }

  private static boolean leftDense(Substitution each) {
    return each.wanted().equals("rounded");
  }

  /**
   * A model with the tokenizer that a stage asks for: with a token for each row where tokens go, so
   * that as many can be kept, and with a mask and sentinels where gaps and spans are learned.
   */
  private ModelFixture withWhatItReads(String stage, String family, ModelFixture model)
      throws IOException {
    int rows = model.architecture().spec().vocabularySize();
    ModelSpec.Kind kind = model.architecture().kind();
    if (stage.equals(TRIM)) {
      return withTokenizer(family, model, copy -> UnigramTokenizer.write(copy, rows));
    }
    boolean gaps = kind == ModelSpec.Kind.MASKED || kind == ModelSpec.Kind.ENCODER_DECODER;
    return gaps && GIVEN.getOrDefault(stage, "").contains("training")
        ? withTokenizer("gaps-" + family, model, copy -> GapTokenizer.write(copy, rows, SENTINELS))
        : model;
  }

  private ModelFixture withTokenizer(String name, ModelFixture fixture, Consumer<Path> tokenizer)
      throws IOException {
    Path copy = directory.resolve("tokens-" + name);
    if (!Files.exists(copy)) {
      PathUtils.copyDirectory(fixture.checkpoint().directory(), copy);
      tokenizer.accept(copy);
    }
    return new ModelFixture(Checkpoint.open(copy), fixture.architecture(), fixture.golden());
  }

  private List<Step> step(StageRegistry registry, String stage, ModelFixture fixture)
      throws IOException {
    Path file = directory.resolve("stage.yaml");
    String parameters = GIVEN.getOrDefault(stage, "{}");
    if (stage.equals("lora")) {
      parameters = "{adapter: '%s'}".formatted(directory.resolve("adapter"));
    } else if (stage.equals(TRIM)) {
      parameters = "{keep: %d}".formatted(fixture.architecture().spec().vocabularySize());
    }
    Files.writeString(
        file,
        "name: stage\nsummary: One.\nstages:\n%s  - %s: %s\n"
            .formatted(BEFORE.getOrDefault(stage, ""), stage, parameters));
    try {
      return new RecipeLoader(directory, registry).read(file).stages();
    } catch (BadInputException e) {
      throw new AssertionError(
          "'%s' needs parameters that this test does not give: %s".formatted(stage, e.getMessage()),
          e);
    }
  }

  private List<Pipeline.StageOutcome> run(
      StageRegistry registry, List<Step> steps, ModelFixture fixture, Path target) {
    Random random = new Random(7);
    int vocabulary = fixture.architecture().spec().vocabularySize();
    List<long[]> samples = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      samples.add(random.longs(32, 0, vocabulary).toArray());
    }
    CalibrationSource source =
        new CalibrationSource() {
          @Override
          public List<long[]> of(Checkpoint model, ModelSpec spec) {
            return samples;
          }

          @Override
          public TextSource texts(Checkpoint model, ModelSpec spec) {
            return wanted -> samples;
          }
        };
    return new Pipeline(torch, fixture.architecture(), registry)
        .run(fixture.checkpoint(), steps, source, target, (stage, finished, layers) -> {});
  }

  private void assertRuns(NDManager own, ModelFixture fixture, Path target) {
    Checkpoint artifact = Checkpoint.open(target);
    ModelFixture read =
        new ModelFixture(artifact, new Families().architecture(artifact), fixture.golden());
    NDArray outputs = FamilyFixtures.outputs(torch, own, read, artifact);
    assertThat(torch.tensors().isFinite(outputs)).as("outputs of %s", target).isTrue();
  }
}
