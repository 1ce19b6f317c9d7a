package dev.assay.engine.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.CalibrationSource;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.teacher.prompt.Drops;
import dev.assay.engine.teacher.prompt.TrainingSet;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs stages that learn from answers, or from what a model writes, in place of a text. */
record TextlessStages(TorchSession torch, Path directory) {
  /** No text is asked for. */
  private static final class NoTexts implements CalibrationSource {
    @Override
    public List<long[]> of(Checkpoint model, ModelSpec spec) {
      return List.of();
    }

    @Override
    public TextSource texts(Checkpoint model, ModelSpec spec) {
      return TextSource.NONE;
    }
  }

  /** A file of examples. */
  Path set(String name, List<ChatExample> examples) throws IOException {
    Path file = directory.resolve(name + ".jsonl");
    new TrainingSet(examples, new Drops()).write(file);
    return file;
  }

  /** A recipe of stages, written as in a file. */
  Recipe recipe(String stages) throws IOException {
    Path file = directory.resolve("recipe.yaml");
    Files.writeString(file, "name: recipe\nsummary: of a test\nstages:\n" + stages + "\n");
    return new RecipeLoader(directory, StageRegistry.load()).read(file);
  }

  /** What the last stage says of its training on ref-7m. */
  JsonNode run(String stages, String target) throws IOException {
    return run(Checkpoint.open(ModelFixture.model("ref-7m")), stages, target);
  }

  /** The same on another model. */
  JsonNode run(Checkpoint source, String stages, String target) throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        new Pipeline(torch, new Families().architecture(source), StageRegistry.load())
            .run(
                source,
                recipe(stages).stages(),
                new NoTexts(),
                directory.resolve(target),
                (stage, finished, layers) -> {});
    return outcomes.get(outcomes.size() - 1).said().path("training");
  }
}
