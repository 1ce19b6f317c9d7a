package dev.assay.engine.finetune;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.ModelTrainer;
import dev.assay.engine.train.StepBatches;
import dev.assay.engine.train.TrainingLog;
import dev.assay.engine.train.TrainingPlan;
import dev.assay.engine.train.TrainingRun;
import dev.assay.engine.train.TrainingSaves;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The runs of a stage, all of one model on one material. */
final class StageRuns implements Runs {
  private final StageContext context;
  private final Training training;
  private final Trainee trainee;
  private final Room room;

  /**
   * Who learns what.
   *
   * @param terms of the loss
   * @param names of the terms
   * @param tokens that student and teachers read
   * @param longest tokens of a sequence at most
   */
  record Room(
      TrainableModel student,
      List<TrainableModel> teachers,
      List<ModuleNode> terms,
      List<String> names,
      Lesson lesson,
      TeacherTokens tokens,
      Material material,
      long longest) {
    Room {
      teachers = List.copyOf(teachers);
      terms = List.copyOf(terms);
      names = List.copyOf(names);
    }

    StepBatches batches(StageContext context, ModelTrainer trainer, TrainingPlan plan) {
      return lesson.batches(context, trainer, plan, material, tokens, longest);
    }
  }

  StageRuns(StageContext context, Training training, Trainee trainee, Room room) {
    this.context = context;
    this.training = training;
    this.trainee = trainee;
    this.room = room;
  }

  @Override
  public TrainingPlan plan() {
    return training.plan();
  }

  @Override
  public @Nullable Path saves() {
    return context.room().saves();
  }

  @Override
  public TrainingLog train(Run run) {
    TorchSession torch = context.torch();
    try (ModelTrainer trainer =
        new ModelTrainer(
            torch,
            room.student(),
            room.teachers(),
            room.terms(),
            run.learned(),
            run.plan().optimizer(),
            room.tokens().vocabulary(),
            training.recompute())) {
      for (Map.Entry<String, NDArray> each : run.begin().entrySet()) {
        trainer.put(each.getKey(), each.getValue());
      }
      Path saves = run.saves();
      return new TrainingRun(
              torch,
              trainer,
              run.plan(),
              room.names(),
              room.batches(context, trainer, run.plan()),
              room.material().held(),
              saves == null ? null : new TrainingSaves(saves),
              new Told(run))
          .run();
    }
  }

  /** Tells how far it is, of all runs together. */
  private final class Told implements TrainingRun.Listener {
    private final Run run;

    Told(Run run) {
      this.run = run;
    }

    @Override
    public void ready(int step) {
      trainee.ready(step);
    }

    @Override
    public void step(int finished, TrainingLog.Step step, double tokensPerSecond) {
      run.made().accept(finished);
      context
          .progress()
          .done(
              run.before() + finished,
              trainee.steps(training),
              String.format(
                  Locale.ROOT, "loss %.4g, %,.0f tokens/s", step.loss(), tokensPerSecond));
    }
  }
}
