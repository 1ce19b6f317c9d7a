package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.distill.CrossEntropy;
import dev.assay.engine.distill.Reduction;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.family.Families;
import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.fixture.FollowingTokens;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.StageType;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.ModelTrainer;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.TextWindows;
import dev.assay.engine.train.TrainingLoss;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs recipes that train what is rounded, on a text of few tokens, and looks at what they train.
 */
final class TrainingBench {
  private final TorchSession torch;
  private final Path directory;

  TrainingBench(TorchSession torch, Path directory) {
    this.torch = torch;
    this.directory = directory;
  }

  /** Those that are looked at. */
  static long[][] held() {
    return FollowingTokens.windows(4, 2).toArray(long[][]::new);
  }

  /** A recipe of stages, one a line. */
  Recipe recipe(String stages) throws IOException {
    return RecipeText.recipe(directory, stages);
  }

  /**
   * Runs one.
   *
   * @param seen takes the logits of the model as it was trained, of what is held out
   */
  List<Pipeline.StageOutcome> run(Path model, String stages, Path target, Consumer<float[]> seen)
      throws IOException {
    Checkpoint checkpoint = Checkpoint.open(model);
    return new Pipeline(torch, new Families().architecture(checkpoint), watched(seen))
        .run(
            checkpoint,
            recipe(stages).stages(),
            new FollowingTokens(),
            target,
            (stage, finished, layers) -> {});
  }

  private StageRegistry watched(Consumer<float[]> seen) {
    List<StageType<?>> types = new ArrayList<>();
    for (StageType<?> type : StageRegistry.load().all()) {
      types.add(
          switch (type.name()) {
            case "qat" ->
                new StageType<>(
                    type.name(),
                    type.summary(),
                    QatParameters.class,
                    given -> new Watched(given.plan(), given.lesson(), seen));
            case "bitnet" ->
                new StageType<>(
                    type.name(),
                    type.summary(),
                    BitnetParameters.class,
                    given -> new Watched(given.plan(), given.lesson(), seen));
            case "train-scales" ->
                new StageType<>(
                    type.name(),
                    type.summary(),
                    ScalesParameters.class,
                    given ->
                        new ScalesMethod(given) {
                          @Override
                          public Trainee trainee(Trainee.Desk desk) {
                            return new WatchedTrainee(desk, super.trainee(desk), seen);
                          }
                        });
            case "qlora" ->
                new StageType<>(
                    type.name(),
                    type.summary(),
                    QloraParameters.class,
                    given ->
                        new QloraMethod(given) {
                          @Override
                          public Trainee trainee(Trainee.Desk desk) {
                            return new WatchedTrainee(desk, super.trainee(desk), seen);
                          }
                        });
            default -> type;
          });
    }
    return new StageRegistry(types);
  }

  private static final class Watched extends RoundedMethod {
    private final Consumer<float[]> seen;

    Watched(RoundedPlan plan, Lesson lesson, Consumer<float[]> seen) {
      super(plan, lesson);
      this.seen = seen;
    }

    @Override
    public Trainee trainee(Trainee.Desk desk) {
      return new WatchedTrainee(desk, super.trainee(desk), seen);
    }
  }

  /** Looks at the logits before what was trained is stored. */
  record WatchedTrainee(Trainee.Desk desk, Trainee inner, Consumer<float[]> seen)
      implements Trainee {
    @Override
    public LinearForm form(LinearForm plain) {
      return inner.form(plain);
    }

    @Override
    public List<Learned> learned(TrainableModel student) {
      return inner.learned(student);
    }

    @Override
    public List<Learned> multiplied(TrainableModel student, List<Learned> learned) {
      return inner.multiplied(student, learned);
    }

    @Override
    public List<LinearOutcome> store(TrainableModel student, List<Learned> learned, String note) {
      try (NDManager scope = desk.context().torch().manager().newSubManager();
          ModelTrainer trainer =
              new ModelTrainer(
                  desk.context().torch(),
                  student,
                  List.of(),
                  TrainingLoss.of(
                          scope,
                          List.of(new WeightedTerm(1, new CrossEntropy(0, Reduction.TOKENS))),
                          student.spec(),
                          List.of(),
                          0)
                      .modules(),
                  learned,
                  new Optimizer.Sgd(0, 0),
                  false)) {
        seen.accept(
            trainer
                .logits(
                    scope,
                    new TextWindows(FollowingTokens.windows(4, 2)).batch(new int[] {0, 1, 2, 3}))
                .toFloatArray());
      }
      return inner.store(student, learned, note);
    }
  }

  /** The logits of an artifact, of what is held out. */
  float[] logits(Path checkpoint) {
    Checkpoint opened = Checkpoint.open(checkpoint);
    try (NDManager scope = torch.manager().newSubManager();
        LanguageModel model =
            LanguageModel.load(
                torch,
                opened,
                new Families().architecture(opened),
                Execution.reference(torch.device()))) {
      NDArray logits = model.logits(scope, held());
      return logits.toFloatArray();
    }
  }

  /** The mean loss of a checkpoint on what is held out. */
  double loss(Path checkpoint) {
    Checkpoint opened = Checkpoint.open(checkpoint);
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            opened,
            new Families().architecture(opened),
            Execution.reference(torch.device()))) {
      double sum = 0;
      for (float[] row : model.tokenLosses(held())) {
        for (float loss : row) {
          sum += loss;
        }
      }
      return sum / (4 * (FollowingTokens.LENGTH - 1));
    }
  }

  /** The loss that training saw last. */
  static double lastLook(Pipeline.StageOutcome outcome) {
    JsonNode looks = outcome.said().path("training").path("log").path("looks");
    return looks.get(looks.size() - 1).path("loss").asDouble();
  }

  /** The greatest distance between logits. */
  static double apart(float[] found, float[] wanted) {
    double most = found.length == wanted.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(found.length, wanted.length); i++) {
      double distance = Math.abs(found[i] - wanted[i]);
      most = Double.isNaN(distance) ? Double.POSITIVE_INFINITY : Math.max(most, distance);
    }
    return most;
  }
}
