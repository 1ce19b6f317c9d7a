package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.TrainedStore;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Scales of linears that are on grids; codes and zeros stay. */
final class ScalesTrainee implements Trainee {
  private static final String SCALE = "weight_scale";

  private final Desk desk;
  private final Map<String, Rounded> selected;
  private final Map<String, QuantizedWeight> grids = new LinkedHashMap<>();
  private @Nullable QatForm form;

  /**
   * @throws BadInputException if a linear that is selected is on no uniform grid
   */
  ScalesTrainee(Desk desk) {
    this.desk = desk;
    this.selected = Rounded.of(desk.model(), desk.context().selection());
    selected.forEach(
        (name, own) -> {
          StoredWeight stored = own.in(desk.model().before(), desk.owner());
          if (!(stored instanceof QuantizedWeight grid)) {
            throw new BadInputException(
                "%s: found it stored as %s, expected a uniform grid, of which scales are trained: put it on one before, or leave it out by targets or ignore"
                    .formatted(name, stored.format()));
          }
          grids.put(name, grid);
        });
  }

  @Override
  public LinearForm form(LinearForm plain) {
    form = new QatForm(plain, this::begin, FakeQuantizers::untouched);
    return form;
  }

  private WeightRounding.@Nullable Begun begin(String name, NDArray weight) {
    QuantizedWeight grid = grids.get(name);
    if (grid == null) {
      return null;
    }
    NDManager owner = desk.owner();
    Tensors tensors = desk.context().torch().tensors();
    try (NDManager scope = owner.newSubManager()) {
      NDArray scale = Leaves.copy(owner, tensors.cast(scope, grid.scales(), DType.FLOAT32));
      NDArray groups = grid.groupIndex().toType(DataType.INT64, true);
      groups.attach(owner);
      return new WeightRounding.Begun(
          FakeQuantizers.fixedCodes(
              grid.codes(),
              scale,
              grid.zeros(),
              groups,
              grid.scales().getDataType() == DataType.FLOAT16),
          Map.of(SCALE, scale));
    }
  }

  private QatForm made() {
    return Objects.requireNonNull(form, "form");
  }

  @Override
  public List<Learned> learned(TrainableModel student) {
    List<Learned> learned = new ArrayList<>();
    made()
        .begun()
        .forEach(
            (name, begun) ->
                begun
                    .learned()
                    .forEach(
                        (what, tensor) ->
                            learned.add(new Learned(QatForm.beside(name, what), tensor, false))));
    return learned;
  }

  @Override
  public List<Learned> multiplied(TrainableModel student, List<Learned> learned) {
    return made().multiplied(student, learned);
  }

  @Override
  public List<LinearOutcome> store(TrainableModel student, List<Learned> learned, String note) {
    List<TrainedStore.Formed> formed = new ArrayList<>();
    grids.forEach((name, grid) -> formed.add(formed(student, name, grid)));
    return new TrainedStore(desk.model(), desk.context()).put(Map.of(), formed, "scales " + note);
  }

  private TrainedStore.Formed formed(TrainableModel student, String name, QuantizedWeight grid) {
    NDArray weight = Objects.requireNonNull(student.values().get(name), name).tensor();
    List<NDArray> stored = made().stored(desk.context().torch(), desk.owner(), name, weight);
    Rounded own = Objects.requireNonNull(selected.get(name), name);
    return new TrainedStore.Formed(
        own.stack(),
        own.layer(),
        own.linear(),
        new QuantizedWeight(
            stored.get(0), stored.get(1), stored.get(2), grid.groupIndex(), grid.grid()),
        null);
  }
}
