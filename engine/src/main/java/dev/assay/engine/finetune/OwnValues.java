package dev.assay.engine.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.TrainedStore;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.train.ModelTrainer.Learned;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The model's own values, all or those that the recipe names. */
public final class OwnValues implements Trainee {
  private final Desk desk;

  OwnValues(Desk desk) {
    this.desk = desk;
  }

  @Override
  public LinearForm form(LinearForm plain) {
    return plain;
  }

  @Override
  public List<Learned> learned(TrainableModel student) {
    return learned(desk, student, value -> true);
  }

  /**
   * Those of the values that a recipe names.
   *
   * @param wanted which of them may be learned at all
   * @throws BadInputException if none is left
   */
  public static List<Learned> learned(
      Desk desk, TrainableModel student, Predicate<TrainedValue> wanted) {
    TrainedNames only = TrainedNames.of(desk.training().only());
    List<Learned> learned = new ArrayList<>();
    student
        .values()
        .forEach(
            (name, value) -> {
              if (only.has(name) && wanted.test(value)) {
                learned.add(
                    new Learned(name, value.tensor(), 1, value.decays(), mask(desk, value)));
              }
            });
    if (learned.isEmpty()) {
      throw new BadInputException(
          "training: only: found no tensor of the model that one of them names, expected some such as %s"
              .formatted(student.values().keySet().iterator().next()));
    }
    only.requireEach(learned.stream().map(Learned::name).toList());
    return learned;
  }

  /** 1 where a linear's weight is not 0; nothing where none is. */
  private static @Nullable NDArray mask(Desk desk, TrainedValue value) {
    return value.kind() == TrainedValue.Kind.LINEAR && value.layer() != TrainedValue.BESIDE
        ? zeros(desk, value.tensor())
        : null;
  }

  /**
   * 1 where a weight is not 0, if zeros are to stay; nothing where none is, or where they may go.
   */
  public static @Nullable NDArray zeros(Desk desk, NDArray weight) {
    if (!desk.training().keepZeros()) {
      return null;
    }
    try (NDManager scope = desk.owner().newSubManager()) {
      NDArray present = weight.neq(0);
      present.attach(scope);
      NDArray mask = present.toType(DataType.FLOAT32, false);
      mask.attach(scope);
      NDArray least = mask.min();
      least.attach(scope);
      if (least.getFloat() == 1) {
        return null;
      }
      mask.attach(desk.owner());
      return mask;
    }
  }

  @Override
  public List<LinearOutcome> store(TrainableModel student, List<Learned> learned, String note) {
    return new TrainedStore(desk.model(), desk.context()).put(values(student, learned), note);
  }

  /** What was learned of the values, by name. */
  public static Map<String, TrainedValue> values(TrainableModel student, List<Learned> learned) {
    Map<String, TrainedValue> changed = new LinkedHashMap<>();
    learned.forEach(
        each -> {
          TrainedValue value = student.values().get(each.name());
          if (value != null) {
            changed.put(each.name(), value);
          }
        });
    return changed;
  }
}
