package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.TrainedStore;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.finetune.OwnValues;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model of which linears are rounded while it is trained, and stored by their codes. */
final class RoundedTrainee implements Trainee {

  private final Desk desk;
  private final RoundedPlan plan;
  private final Map<String, Rounded> rounded;
  private @Nullable QatForm form;

  RoundedTrainee(Desk desk, RoundedPlan plan) {
    this.desk = desk;
    this.plan = plan;
    this.rounded = Rounded.of(desk.model(), desk.context().selection());
  }

  @Override
  public LinearForm form(LinearForm plain) {
    Integer bits = plan.inputBits();
    form =
        new QatForm(
            plain,
            this::begin,
            () -> bits == null ? FakeQuantizers.untouched() : FakeQuantizers.tokenCodes(bits));
    return form;
  }

  private WeightRounding.@Nullable Begun begin(String name, NDArray weight) {
    Rounded own = rounded.get(name);
    return own == null
        ? null
        : plan.rounding().begin(desk.context().torch(), desk.owner(), weight, own.half());
  }

  @Override
  public List<Learned> learned(TrainableModel student) {
    requireZeros(student);
    List<Learned> learned =
        new ArrayList<>(OwnValues.learned(desk, student, value -> plan.all() || isRounded(value)));
    made()
        .begun()
        .forEach(
            (name, begun) ->
                begun
                    .learned()
                    .forEach(
                        (what, tensor) ->
                            learned.add(
                                new Learned(
                                    QatForm.beside(name, what),
                                    tensor,
                                    plan.stepRate(),
                                    false,
                                    null))));
    return learned;
  }

  @Override
  public List<Learned> multiplied(TrainableModel student, List<Learned> learned) {
    return made().multiplied(student, learned);
  }

  /** Zeros that are to stay have to be among the values that weights are rounded to. */
  private void requireZeros(TrainableModel student) {
    if (plan.rounding().hasZero()) {
      return;
    }
    for (String name : rounded.keySet()) {
      NDArray weight = Objects.requireNonNull(student.values().get(name), name).tensor();
      try (NDArray kept = OwnValues.zeros(desk, weight)) {
        if (kept != null) {
          throw new BadInputException(
              "training: keepZeros: found zeros in %s, which no value of so few bits is, expected false, or a rounding that has a 0"
                  .formatted(name));
        }
      }
    }
  }

  private boolean isRounded(TrainedValue value) {
    return rounded.values().stream().anyMatch(own -> own.is(value));
  }

  private QatForm made() {
    return Objects.requireNonNull(form, "form");
  }

  @Override
  public List<LinearOutcome> store(TrainableModel student, List<Learned> learned, String note) {
    Map<String, TrainedValue> others = OwnValues.values(student, learned);
    others.keySet().removeAll(rounded.keySet());
    List<TrainedStore.Formed> formed = new ArrayList<>();
    rounded.forEach((name, own) -> formed.add(formed(student, name, own)));
    return new TrainedStore(desk.model(), desk.context()).put(others, formed, note);
  }

  private TrainedStore.Formed formed(TrainableModel student, String name, Rounded own) {
    NDArray weight = Objects.requireNonNull(student.values().get(name), name).tensor();
    List<NDArray> stored = made().stored(desk.context().torch(), desk.owner(), name, weight);
    Integer bits = plan.inputBits();
    return new TrainedStore.Formed(
        own.stack(),
        own.layer(),
        own.linear(),
        QuantizedWeight.inOrder(
            desk.owner(), stored.get(0), stored.get(1), stored.get(2), plan.rounding().form()),
        bits == null ? null : new PerTokenInput(bits, true, IntegerRule.BITNET));
  }
}
