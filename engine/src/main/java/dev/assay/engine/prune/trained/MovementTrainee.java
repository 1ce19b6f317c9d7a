package dev.assay.engine.prune.trained;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.TrainedStore;
import dev.assay.engine.finetune.OwnValues;
import dev.assay.engine.finetune.Precision;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.prune.SmallestScores;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.train.MovementForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A model of which fewer weights run from step to step. Weights that were 0 before go first where
 * zeros are to stay, and count among those that go.
 */
final class MovementTrainee implements Trainee {
  private static final String WEIGHT = ".weight";

  private final Desk desk;
  private final MovementParameters parameters;
  private final SparsityRamp ramp;
  private final Set<String> pruned;
  private @Nullable MovementForm form;
  private @Nullable TrainableModel model;

  MovementTrainee(Desk desk, MovementParameters parameters) {
    this.desk = desk;
    this.parameters = parameters;
    this.ramp = parameters.ramp();
    this.pruned = SelectedWeights.names(desk.model().spec(), desk.context().selection());
  }

  private boolean isScored() {
    return parameters.scores() == MovementParameters.Scores.MOVEMENT;
  }

  @Override
  public LinearForm form(LinearForm plain) {
    form =
        new MovementForm(
            desk.owner(),
            plain,
            pruned::contains,
            isScored(),
            desk.training().precision() == Precision.BFLOAT16);
    return form;
  }

  private MovementForm made() {
    return Objects.requireNonNull(form, "form");
  }

  @Override
  public List<Learned> learned(TrainableModel student) {
    model = student;
    List<Learned> learned = new ArrayList<>(OwnValues.learned(desk, student, value -> true));
    made()
        .scores()
        .forEach(
            (name, scores) -> {
              NDArray present = OwnValues.zeros(desk, weight(student, name));
              if (present != null) {
                sink(scores, present);
              }
              learned.add(
                  new Learned(scoresOf(name), scores, parameters.scoreRate(), false, present));
            });
    return learned;
  }

  private static String scoresOf(String weight) {
    return weight.substring(0, weight.length() - WEIGHT.length()) + ".scores";
  }

  private static NDArray weight(TrainableModel student, String name) {
    return Objects.requireNonNull(student.values().get(name), name).tensor();
  }

  /** Gives what is not present the least of all scores. */
  private void sink(NDArray scores, NDArray present) {
    try (NDManager scope = desk.owner().newSubManager()) {
      NDArray missing = present.sub(1);
      missing.attach(scope);
      NDArray least = missing.mul(Float.MAX_VALUE);
      least.attach(scope);
      least.copyTo(scores);
    }
  }

  @Override
  public List<Learned> multiplied(TrainableModel student, List<Learned> learned) {
    Set<String> scores =
        made().scores().keySet().stream()
            .map(MovementTrainee::scoresOf)
            .collect(Collectors.toSet());
    return learned.stream().filter(each -> !scores.contains(each.name())).toList();
  }

  @Override
  public void ready(int step) {
    try (NDManager scope = desk.owner().newSubManager()) {
      if (parameters.within() == Within.MODEL) {
        together(scope, step);
        return;
      }
      made()
          .masks()
          .forEach(
              (name, mask) -> {
                NDArray found = greatest(scope, scores(scope, name), step);
                found.copyTo(mask);
              });
    }
  }

  private NDArray greatest(NDManager scope, NDArray scores, int step) {
    return SmallestScores.greatest(torch(), scope, scores, ramp.goes(scores.size(), step));
  }

  private TorchSession torch() {
    return desk.context().torch();
  }

  private NDArray scores(NDManager scope, String name) {
    if (isScored()) {
      return Leaves.detached(scope, Objects.requireNonNull(made().scores().get(name), name));
    }
    TrainableModel student = Objects.requireNonNull(model, "student");
    NDArray size = Leaves.detached(scope, weight(student, name)).abs();
    size.attach(scope);
    return size;
  }

  /** The greatest of all linears. */
  private void together(NDManager scope, int step) {
    NDList flat = new NDList();
    for (String name : made().masks().keySet()) {
      NDArray own = scores(scope, name).reshape(-1);
      own.attach(scope);
      flat.add(own);
    }
    NDArray all = NDArrays.concat(flat);
    all.attach(scope);
    NDArray found = greatest(scope, all, step);
    long at = 0;
    for (NDArray mask : made().masks().values()) {
      Shape shape = mask.getShape();
      NDArray own = found.get("{}:{}", at, at + shape.size());
      own.attach(scope);
      NDArray part = own.reshape(shape);
      part.attach(scope);
      part.copyTo(mask);
      at += shape.size();
    }
  }

  @Override
  public List<LinearOutcome> store(TrainableModel student, List<Learned> learned, String note) {
    // Scores have moved since.
    ready(desk.training().steps() - 1);
    Map<String, TrainedValue> values = OwnValues.values(student, learned);
    made()
        .masks()
        .forEach(
            (name, mask) -> {
              TrainedValue value = Objects.requireNonNull(student.values().get(name), name);
              values.put(name, value.with(running(value.tensor(), mask)));
            });
    return new TrainedStore(desk.model(), desk.context()).put(values, note);
  }

  /** A weight without those that do not run. */
  private NDArray running(NDArray weight, NDArray mask) {
    try (NDManager scope = desk.owner().newSubManager()) {
      NDArray left = Leaves.detached(scope, weight).mul(mask);
      left.attach(scope);
      // Of a negative weight 0 would be negative too.
      NDArray stored = left.add(0);
      stored.attach(desk.owner());
      return stored;
    }
  }
}
