package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.TrainedStore;
import dev.assay.engine.calibration.TrainedStore.Formed;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.finetune.LoraPlan;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.model.Linear;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.LoraForm;
import dev.assay.engine.train.LoraForm.Pair;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.weight.AddedWeight;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Products beside linears that stay as they are stored, until products are merged into them. */
final class AdaptedTrainee implements Trainee {
  private final Desk desk;
  private final LoraPlan plan;
  private final boolean merge;
  private final Map<String, Rounded> selected;
  private @Nullable LoraForm products;

  AdaptedTrainee(Desk desk, LoraPlan plan, boolean merge) {
    this.desk = desk;
    this.plan = plan;
    this.merge = merge;
    this.selected = Rounded.of(desk.model(), desk.context().selection());
    selected.forEach(
        (name, own) -> {
          try (NDManager scope = desk.owner().newSubManager()) {
            require(name, own.in(desk.model().before(), scope));
          }
        });
  }

  private void require(String name, StoredWeight stored) {
    if (merge) {
      RoundedAgain.require(name, stored);
    } else if (stored instanceof AddedWeight || stored instanceof LowRankWeight) {
      throw new BadInputException(
          "%s: found it stored as %s, expected no product: one is to stand beside it"
              .formatted(name, stored.format()));
    }
  }

  @Override
  public LinearForm form(LinearForm plain) {
    // What is rounded to 0 is not pruned, and a product beside a linear is not masked.
    products = plan.form(desk, plain, selected::containsKey, weight -> null);
    return products;
  }

  @Override
  public List<String> notes() {
    return plan.notes(made());
  }

  private LoraForm made() {
    return Objects.requireNonNull(products, "form");
  }

  @Override
  public List<Learned> learned(TrainableModel student) {
    return plan.learned(desk, made());
  }

  @Override
  public List<LinearOutcome> store(TrainableModel student, List<Learned> learned, String note) {
    plan.save(desk, made());
    List<Formed> formed = new ArrayList<>();
    made().pairs().keySet().forEach(name -> formed.add(formed(student, name)));
    return new TrainedStore(desk.model(), desk.context()).put(Map.of(), formed, "products " + note);
  }

  private Formed formed(TrainableModel student, String name) {
    Rounded own = Objects.requireNonNull(selected.get(name), name);
    StoredWeight base = own.in(desk.model().before(), desk.owner());
    TorchSession torch = desk.context().torch();
    StoredWeight weight;
    if (merge) {
      NDArray value = Objects.requireNonNull(student.values().get(name), name).tensor();
      weight =
          new RoundedAgain(torch, desk.owner()).of(base, made().folded(desk.owner(), name, value));
    } else {
      weight = new AddedWeight(base, beside(name, own));
    }
    return new Formed(own.stack(), own.layer(), own.linear(), weight, null);
  }

  /**
   * What stands beside a linear; those that are stored as one with it have the same right factor.
   */
  private LowRankWeight beside(String name, Rounded own) {
    NDManager owner = desk.owner();
    DType type =
        Objects.requireNonNull(
            desk.model().types(own.stack(), own.layer()).get(own.linear()), own.linear());
    try (NDManager scope = owner.newSubManager()) {
      NDList downs = new NDList();
      NDList ups = new NDList();
      for (String other : together(name, own)) {
        Pair pair = made().pairs().get(other);
        if (pair == null) {
          continue;
        }
        NDArray down = Leaves.detached(scope, pair.down());
        downs.add(down);
        NDArray mine =
            Leaves.detached(scope, Objects.requireNonNull(made().pairs().get(name)).up());
        ups.add(
            other.equals(name)
                ? mine.mul(made().scale())
                : scope.zeros(new Shape(mine.getShape().get(0), down.getShape().get(0))));
      }
      LowRankWeight both =
          new LowRankWeight(
              Leaves.copy(owner, NDArrays.concat(ups, 1)),
              Leaves.copy(owner, NDArrays.concat(downs, 0)),
              DType.FLOAT32);
      return both.narrowed(desk.context().torch(), owner, type);
    }
  }

  /** Full names of the weights that are stored as one with a linear's. */
  private List<String> together(String name, Rounded own) {
    String prefix = name.substring(0, name.lastIndexOf(own.linear()));
    Map<String, List<Linear>> stored =
        desk.model().spec().stacks().get(own.stack()).layer(own.layer()).layout().stored();
    return stored.values().stream()
        .filter(all -> all.stream().anyMatch(linear -> linear.name().equals(own.linear())))
        .flatMap(List::stream)
        .map(linear -> prefix + linear.name() + ".weight")
        .toList();
  }
}
