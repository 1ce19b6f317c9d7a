package dev.assay.engine.finetune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.working.WorkingModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Trains a model by a loss, which may compare it with others. */
final class TrainingMethod implements WholeModelMethod {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Teacher> teachers;
  private final List<WeightedTerm> loss;
  private final WantedText data;
  private final Training training;
  private final @Nullable LoraPlan lora;

  private TrainingMethod(
      List<Teacher> teachers,
      List<WeightedTerm> loss,
      WantedText data,
      Training training,
      @Nullable LoraPlan lora) {
    this.teachers = teachers;
    this.loss = loss;
    this.data = data;
    this.training = training;
    this.lora = lora;
  }

  static TrainingMethod of(FinetuneParameters given) {
    return new TrainingMethod(
        List.of(), List.of(Losses.labels()), given.data(), given.training(), given.lora());
  }

  static TrainingMethod of(DistillParameters given) {
    return new TrainingMethod(
        given.teachers(), given.loss(), given.data(), given.training(), given.lora());
  }

  @Override
  public boolean selects() {
    return false;
  }

  @Override
  public boolean loadsModel() {
    return true;
  }

  /** Values that a stage before has rounded would be lost. */
  @Override
  public boolean losesRounding() {
    return true;
  }

  @Override
  public boolean trainsFactors() {
    return true;
  }

  @Override
  public List<WantedText> texts() {
    return training.texts(data);
  }

  @Override
  public Optional<TrainingExtent> training(ModelSpec spec) {
    long products = 0;
    if (lora != null) {
      for (LayerSpec layer : spec.main().layers()) {
        products +=
            layer
                .layout()
                .parts()
                .filter(linear -> lora.takes(linear.name()))
                .mapToLong(linear -> lora.rank() * (linear.inFeatures() + linear.outFeatures()))
                .sum();
      }
    }
    return Optional.of(
        new TrainingExtent(
            training.batch(),
            Math.min(data.length(), spec.spec().contextLength()),
            training.optimizer().optimizer().memories(),
            lora == null ? -1 : products,
            training.recompute(),
            (int) teachers.stream().filter(Teacher::isOriginal).count(),
            teachers.stream()
                .filter(each -> !each.isOriginal())
                .mapToLong(each -> Checkpoint.open(Path.of(each.model())).parameters())
                .sum()));
  }

  @Override
  public void requireFits(ModelSpec spec) {
    if (spec.kind() != ModelSpec.Kind.CAUSAL) {
      throw new BadInputException(
          "found a model of %s that does not continue text, expected one that does: it is trained on windows of a text"
              .formatted(spec.family()));
    }
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    try (TrainedStage stage =
        new TrainedStage(model, context, teachers, loss, data, training, lora)) {
      TrainedStage.Outcome outcome = stage.run();
      ObjectNode said = JSON.createObjectNode();
      said.set("training", JSON.valueToTree(outcome.report()));
      context.room().told().accept(said);
      return outcome.linears();
    }
  }
}
