package dev.assay.engine.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.GapTokenizer;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.CalibrationSource;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.tokenizer.GapTokens;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.CorruptedWindows;
import dev.assay.engine.train.KindLoss;
import dev.assay.engine.train.MaskedWindows;
import dev.assay.engine.train.Masking;
import dev.assay.engine.train.SpanCorruption;
import dev.assay.engine.train.Spans;
import dev.assay.engine.train.TokenMasking;
import dev.assay.engine.train.TrainingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** Trains small models that do not continue text, on texts in which each token tells the next. */
record KindBench(TorchSession torch, Path directory) {
  static final int SENTINELS = 8;

  /** A model with a tokenizer that has a token for each of its rows. */
  Path model(String family) throws IOException {
    Path copy = Files.createDirectories(directory.resolve("model-" + family));
    for (String file : List.of("config.json", "model.safetensors")) {
      if (!Files.exists(copy.resolve(file))) {
        Files.copy(Goldens.room("families").resolve(family).resolve(file), copy.resolve(file));
      }
    }
    GapTokenizer.write(copy, rows(copy), SENTINELS);
    return copy;
  }

  static int rows(Path model) {
    return new Families().architecture(Checkpoint.open(model)).spec().vocabularySize();
  }

  private static List<long[]> windows(int count, long seed, int length) {
    Random random = new Random(seed);
    List<long[]> windows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      windows.add(
          LongStream.iterate(random.nextInt(40), id -> (id * 7 + 3) % 40)
              .limit(length)
              .map(id -> id + 1)
              .toArray());
    }
    return windows;
  }

  private static List<long[]> held(int length) {
    return windows(8, 2, length);
  }

  private static final class Texts implements CalibrationSource {
    @Override
    public List<long[]> of(Checkpoint model, ModelSpec spec) {
      return windows(4, 9, 12);
    }

    @Override
    public TextSource texts(Checkpoint model, ModelSpec spec) {
      return wanted ->
          wanted.split().equals("held") ? held(wanted.length()) : windows(24, 1, wanted.length());
    }
  }

  Recipe recipe(String stages) throws IOException {
    return RecipeText.recipe(directory, stages);
  }

  List<Pipeline.StageOutcome> run(Path model, String stages, String target) throws IOException {
    Checkpoint source = Checkpoint.open(model);
    return new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
        .run(
            source,
            recipe(stages).stages(),
            new Texts(),
            directory.resolve(target),
            (stage, finished, layers) -> {});
  }

  /** How the last stage trained. */
  JsonNode trained(Path model, String stages, String target) throws IOException {
    List<Pipeline.StageOutcome> outcomes = run(model, stages, target);
    return outcomes.get(outcomes.size() - 1).said().path("training");
  }

  /**
   * The loss of a checkpoint, as it is run, on what is held out.
   *
   * @param length tokens of the text that a window takes
   */
  double heldLoss(Path checkpoint, int length) {
    Checkpoint opened = Checkpoint.open(checkpoint);
    ModelSpec spec = new Families().architecture(opened);
    return KindLoss.of(torch, checkpoint, heldData(opened, spec, length));
  }

  private static TrainingData heldData(Checkpoint opened, ModelSpec spec, int length) {
    if (spec.kind() == ModelSpec.Kind.MASKED) {
      try (Tokenizer tokenizer = opened.tokenizer()) {
        GapTokens gaps = GapTokens.of(tokenizer, spec.spec().vocabularySize());
        return new MaskedWindows(
            held(length - gaps.around()).stream().map(gaps::framed).toList(),
            new TokenMasking(Masking.DEFAULT, gaps.mask(), gaps.ordinary()),
            0);
      }
    }
    int rows = spec.spec().vocabularySize();
    long[] sentinels =
        LongStream.range(0, SENTINELS)
            .map(i -> GapTokenizer.id(rows, SENTINELS, "<extra_id_%d>".formatted(i)))
            .toArray();
    return new CorruptedWindows(
        held(length),
        new SpanCorruption(Spans.DEFAULT, sentinels, GapTokenizer.id(rows, SENTINELS, "</s>")),
        spec.startToken(),
        0);
  }

  static double look(JsonNode training, int index) {
    JsonNode looks = training.path("log").path("looks");
    return looks.get(index < 0 ? looks.size() + index : index).path("loss").asDouble();
  }

  static JsonNode step(JsonNode training, int index) {
    return training.path("log").path("steps").get(index);
  }
}
