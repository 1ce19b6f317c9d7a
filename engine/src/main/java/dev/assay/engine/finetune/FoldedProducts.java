package dev.assay.engine.finetune;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.TrainedStore;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.train.LoraForm;
import dev.assay.engine.train.ModelTrainer.Learned;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Products beside linears, which are folded into them in the end. */
final class FoldedProducts implements Trainee {
  private final Desk desk;
  private final LoraPlan plan;
  private @Nullable LoraForm products;

  FoldedProducts(Desk desk, LoraPlan plan) {
    this.desk = desk;
    this.plan = plan;
  }

  @Override
  public LinearForm form(LinearForm plain) {
    products = plan.form(desk, plain, linear -> true, weight -> OwnValues.zeros(desk, weight));
    return products;
  }

  @Override
  public List<Learned> learned(TrainableModel student) {
    return plan.learned(desk, made());
  }

  @Override
  public List<LinearOutcome> store(TrainableModel student, List<Learned> learned, String note) {
    plan.save(desk, made());
    Map<String, TrainedValue> changed = new LinkedHashMap<>();
    made().pairs().keySet().forEach(name -> changed.put(name, folded(student, name)));
    return new TrainedStore(desk.model(), desk.context()).put(changed, note);
  }

  @Override
  public List<String> notes() {
    return plan.notes(made());
  }

  private LoraForm made() {
    return Objects.requireNonNull(products, "form");
  }

  private TrainedValue folded(TrainableModel student, String name) {
    TrainedValue value = Objects.requireNonNull(student.values().get(name), name);
    return value.with(made().folded(desk.owner(), name, value.tensor()));
  }
}
