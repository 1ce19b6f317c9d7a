package dev.assay.engine.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.distill.Ted;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.train.ForwardFlops;
import dev.assay.engine.train.ModelTrainer;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.train.OrderedBatches;
import dev.assay.engine.train.SequenceLengths;
import dev.assay.engine.train.TrainingLog;
import dev.assay.engine.train.TrainingLoss;
import dev.assay.engine.train.TrainingPlan;
import dev.assay.engine.train.TrainingRun;
import dev.assay.engine.train.TrainingSaves;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What comes before distillation where filters are trained by the task: those of the teacher, then
 * those of the student, each with a head of its own behind it, while the models stay as they are.
 * The heads are given up; the teacher's filters stay as they are from then on, the student's are
 * learned on with it.
 *
 * @param owner of filters
 * @see <a href="https://arxiv.org/abs/2210.01351">Liang et al. 2023, TED</a>
 */
record FilterPhase(StageContext context, Training training, Material material, NDManager owner) {
  private static final Pattern OF_TEACHER = Pattern.compile(".*\\.targets\\.(.+)");
  private static final Pattern OF_STUDENT = Pattern.compile(".*\\.filters\\.(.+)");
  private static final int FORWARD_AND_BACKWARD = 3;
  private static final int MULTIPLY_ADD = 2;

  /** Whose filters are trained. */
  private enum Side {
    TEACHER,
    STUDENT;

    Pattern names() {
      return this == TEACHER ? OF_TEACHER : OF_STUDENT;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What came of it.
   *
   * @param studentFlops floating-point operations with the student
   * @param teacherFlops with the teacher
   * @param notes how it went
   */
  record Outcome(double studentFlops, double teacherFlops, List<String> notes) {
    Outcome {
      notes = List.copyOf(notes);
    }
  }

  /**
   * Trains the filters of all terms that want it, and puts them into the terms.
   *
   * @param terms of the loss
   */
  Outcome run(
      List<WeightedTerm> loss,
      TrainingLoss terms,
      TrainableModel student,
      List<TrainableModel> teachers) {
    List<String> notes = new ArrayList<>();
    double[] flops = new double[Side.values().length];
    for (int i = 0; i < loss.size(); i++) {
      if (!(loss.get(i).term() instanceof Ted ted)) {
        continue;
      }
      Integer steps = ted.filterSteps();
      if (steps == null) {
        continue;
      }
      for (Side side : Side.values()) {
        boolean ofTeacher = side == Side.TEACHER;
        TrainableModel model = ofTeacher ? teachers.get(0) : student;
        TrainingLoss task =
            TrainingLoss.of(
                owner,
                List.of(
                    TrainingLoss.filterTask(
                        ted, student.spec(), teachers.get(0).spec(), ofTeacher)),
                model.spec(),
                List.of(),
                training.seed());
        TrainingLog log = train(i, side, model, task, steps);
        put(side, task, terms.modules().get(i).tensors());
        flops[ofTeacher ? 0 : 1] += flops(model, task, log);
        notes.add(
            String.format(
                Locale.ROOT,
                "ted: filters of the %s were trained for %d steps, from a loss of %.4f to %.4f",
                side.word(),
                log.steps().size(),
                log.steps().get(0).loss(),
                log.steps().get(log.steps().size() - 1).loss()));
      }
    }
    return new Outcome(flops[1], flops[0], notes);
  }

  private TrainingLog train(
      int term, Side side, TrainableModel model, TrainingLoss task, int steps) {
    TrainingPlan plan = training.plan(steps);
    Path saves = context.room().saves();
    try (ModelTrainer trainer =
        new ModelTrainer(
            context.torch(),
            model,
            List.of(),
            task.modules(),
            task.learned(),
            plan.optimizer(),
            /* recomputes= */ false)) {
      return new TrainingRun(
              context.torch(),
              trainer,
              plan,
              List.of("filters"),
              new OrderedBatches(material.data(), plan),
              null,
              saves == null
                  ? null
                  : new TrainingSaves(saves.resolve("filters-%d-%s".formatted(term, side.word()))),
              (finished, step, speed) ->
                  context
                      .progress()
                      .done(
                          finished,
                          steps,
                          String.format(
                              Locale.ROOT,
                              "filters of the %s, loss %.4g",
                              side.word(),
                              step.loss())))
          .run();
    }
  }

  /** Puts trained filters into a term. */
  private void put(Side side, TrainingLoss task, Map<String, NDArray> term) {
    Map<String, NDArray> trained = task.modules().get(0).tensors();
    try (NDManager scope = owner.newSubManager()) {
      term.forEach(
          (name, tensor) -> {
            Matcher filter = side.names().matcher(name);
            if (filter.matches()) {
              String own = "term.filters." + filter.group(1);
              Leaves.detached(scope, Objects.requireNonNull(trained.get(own), own)).copyTo(tensor);
            }
          });
    }
  }

  /** A model's forward passes; of filters and heads the backward passes too. */
  private double flops(TrainableModel model, TrainingLoss task, TrainingLog log) {
    SequenceLengths lengths = material.usual();
    double weights = 0;
    for (Learned each : task.learned()) {
      weights += each.tensor().getShape().dimension() > 1 ? each.tensor().size() : 0;
    }
    double sequences = (double) log.tokens() / lengths.tokens();
    return sequences
        * (ForwardFlops.of(model.spec(), 1, lengths).forward()
            + FORWARD_AND_BACKWARD * MULTIPLY_ADD * weights * lengths.written());
  }
}
