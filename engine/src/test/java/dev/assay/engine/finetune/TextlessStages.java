package dev.assay.engine.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TextsAlone;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.teacher.prompt.Drops;
import dev.assay.engine.teacher.prompt.TrainingSet;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Runs stages that learn from answers, or from what a model writes, in place of a text. */
record TextlessStages(TorchSession torch, Path directory) {
  /** A file of examples. */
  Path set(String name, List<ChatExample> examples) throws IOException {
    Path file = directory.resolve(name + ".jsonl");
    new TrainingSet(examples, new Drops()).write(file);
    return file;
  }

  /** A recipe of stages, written as in a file. */
  Recipe recipe(String stages) throws IOException {
    return RecipeText.recipe(directory, stages);
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
                new TextsAlone(TextSource.NONE),
                directory.resolve(target),
                (stage, finished, layers) -> {});
    return outcomes.get(outcomes.size() - 1).said().path("training");
  }
}
