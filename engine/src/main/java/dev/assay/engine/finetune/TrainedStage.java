package dev.assay.engine.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.NamePattern;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.TrainedStore;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.distill.TermTypes;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.Asked;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.LoraForm;
import dev.assay.engine.train.ModelTrainer;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.train.TextWindows;
import dev.assay.engine.train.TrainingFlops;
import dev.assay.engine.train.TrainingLog;
import dev.assay.engine.train.TrainingLoss;
import dev.assay.engine.train.TrainingPlan;
import dev.assay.engine.train.TrainingRun;
import dev.assay.engine.train.TrainingSaves;
import dev.assay.engine.working.WorkingModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One stage at work: the student, its teachers and what it is trained by. */
final class TrainedStage implements AutoCloseable {
  private static final String WEIGHT = ".weight";

  private final WorkingModel model;
  private final StageContext context;
  private final TorchSession torch;
  private final NDManager owner;
  private final List<Teacher> teachers;
  private final List<WeightedTerm> loss;
  private final WantedText data;
  private final Training training;
  private final @Nullable LoraPlan lora;

  TrainedStage(
      WorkingModel model,
      StageContext context,
      List<Teacher> teachers,
      List<WeightedTerm> loss,
      WantedText data,
      Training training,
      @Nullable LoraPlan lora) {
    this.model = model;
    this.context = context;
    this.torch = context.torch();
    this.owner = torch.manager().newSubManager();
    this.teachers = teachers;
    this.loss = loss;
    this.data = data;
    this.training = training;
    this.lora = lora;
  }

  /**
   * What came of it.
   *
   * @param linears each linear that was trained
   */
  record Outcome(List<LinearOutcome> linears, TrainingReport report) {}

  Outcome run() {
    TextWindows windows = new TextWindows(context.room().texts().windows(data));
    WantedText held = training.held(data);
    TextWindows heldWindows =
        held == null ? null : new TextWindows(context.room().texts().windows(held));
    long length = windows.windows().get(0).length;
    List<ModelWeights> taught = teachers.stream().map(this::weights).toList();
    TeacherTokens tokens = TeacherTokens.of(model, teachers, taught, loss);
    List<ModelSpec> specs = taught.stream().map(ModelWeights::spec).toList();
    ModelSpec own = model.spec();
    loss.forEach(term -> require(term, own, specs));
    LinearForm plain =
        training.precision() == Precision.BFLOAT16 ? LinearForm.BFLOAT16 : LinearForm.FLOAT32;
    LoraForm products = lora == null ? null : products(lora, plain);
    TrainableModel student =
        TrainableModel.read(
            torch,
            owner,
            model.before(),
            products == null ? plain : products,
            TrainingLoss.ofStudent(loss, own, specs),
            length);
    List<TrainableModel> masters = new ArrayList<>();
    for (int i = 0; i < taught.size(); i++) {
      Asked asked = TrainingLoss.ofTeacher(loss, own, specs, i);
      masters.add(TrainableModel.read(torch, owner, taught.get(i), plain, asked, length));
    }
    TrainingLoss terms = TrainingLoss.of(owner, loss, own, specs, training.seed());
    List<Learned> learned = new ArrayList<>(learned(student, products));
    long trained = learned.stream().mapToLong(each -> each.tensor().size()).sum();
    learned.addAll(terms.learned());
    TrainingPlan plan = training.plan();
    Path saves = context.room().saves();
    try (ModelTrainer trainer =
        new ModelTrainer(
            torch,
            student,
            masters,
            terms.modules(),
            learned,
            plan.optimizer(),
            tokens.vocabulary(),
            training.recompute())) {
      TrainingLog log =
          new TrainingRun(
                  torch,
                  trainer,
                  plan,
                  loss.stream().map(TermTypes::nameOf).toList(),
                  tokens.data(windows, length),
                  heldWindows == null ? null : tokens.data(heldWindows, length),
                  saves == null ? null : new TrainingSaves(saves),
                  (finished, step, speed) -> context.progress().done(finished, plan.steps()))
              .run();
      return new Outcome(
          store(student, learned, products, log),
          report(log, trained, own, specs, length, tokens.notes()));
    }
  }

  private void require(WeightedTerm term, ModelSpec own, List<ModelSpec> specs) {
    TrainingLoss.requireFit(term, own, specs);
  }

  private ModelWeights weights(Teacher teacher) {
    if (teacher.isOriginal()) {
      return context.original();
    }
    Checkpoint checkpoint = Checkpoint.open(Path.of(teacher.model()));
    return new CheckpointWeights(torch, checkpoint, new Families().architecture(checkpoint));
  }

  private LoraForm products(LoraPlan plan, LinearForm plain) {
    return new LoraForm(
        owner,
        plain,
        plan.rank(),
        plan.alpha(),
        name -> inLayer(stem(name)).filter(plan::takes).isPresent(),
        training.seed());
  }

  /** The name of a layer's linear within the layer. */
  private Optional<String> inLayer(String name) {
    return model.spec().stacks().stream()
        .map(stack -> stack.names().layers() + ".")
        .filter(name::startsWith)
        .map(layers -> name.substring(name.indexOf('.', layers.length()) + 1))
        .findFirst();
  }

  private static String stem(String name) {
    return name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
  }

  private List<Learned> learned(TrainableModel student, @Nullable LoraForm products) {
    List<Learned> learned = new ArrayList<>();
    if (products != null) {
      products
          .pairs()
          .forEach(
              (name, pair) -> {
                learned.add(new Learned(stem(name) + ".lora_A.weight", pair.down(), true));
                learned.add(new Learned(stem(name) + ".lora_B.weight", pair.up(), true));
              });
      if (learned.isEmpty()) {
        throw new BadInputException(
            "lora: targets: found no linear of the layers that one of them names");
      }
      return learned;
    }
    List<NamePattern> only =
        training.only() == null
            ? List.of()
            : training.only().stream().map(each -> NamePattern.of("only", each)).toList();
    student
        .values()
        .forEach(
            (name, value) -> {
              boolean wanted =
                  only.isEmpty()
                      || only.stream().anyMatch(pattern -> pattern.fits(Stream.of(name)));
              if (wanted) {
                learned.add(new Learned(name, value.tensor(), 1, value.decays(), mask(value)));
              }
            });
    if (learned.isEmpty()) {
      throw new BadInputException(
          "training: only: found no tensor of the model that one of them names, expected some such as %s"
              .formatted(student.values().keySet().iterator().next()));
    }
    return learned;
  }

  /** 1 where a linear's weight is not 0; nothing where none is. */
  private @Nullable NDArray mask(TrainedValue value) {
    if (!training.keepZeros()
        || value.kind() != TrainedValue.Kind.LINEAR
        || value.layer() == TrainedValue.BESIDE) {
      return null;
    }
    NDArray mask = value.tensor().neq(0).toType(DataType.FLOAT32, false);
    if (mask.min().getFloat() == 1) {
      mask.close();
      return null;
    }
    mask.attach(owner);
    return mask;
  }

  private List<LinearOutcome> store(
      TrainableModel student, List<Learned> learned, @Nullable LoraForm products, TrainingLog log) {
    Map<String, TrainedValue> changed = new LinkedHashMap<>();
    if (products == null) {
      learned.forEach(
          each -> {
            TrainedValue value = student.values().get(each.name());
            if (value != null) {
              changed.put(each.name(), value);
            }
          });
    } else {
      products.pairs().forEach((name, pair) -> changed.put(name, folded(student, products, name)));
    }
    return new TrainedStore(model, context)
        .put(changed, "trained for %d steps".formatted(log.steps().size()));
  }

  private TrainedValue folded(TrainableModel student, LoraForm products, String name) {
    TrainedValue value = Objects.requireNonNull(student.values().get(name), name);
    return value.with(products.folded(name, value.tensor()));
  }

  private TrainingReport report(
      TrainingLog log,
      long trained,
      ModelSpec own,
      List<ModelSpec> specs,
      long length,
      List<String> notes) {
    double sequences = (double) log.tokens() / length;
    TrainingFlops flops = TrainingFlops.of(own, 1, length);
    double student = sequences * (training.recompute() ? flops.recomputed() : flops.step());
    double taught =
        sequences
            * specs.stream().mapToDouble(spec -> TrainingFlops.of(spec, 1, length).forward()).sum();
    return new TrainingReport(log, trained, student, taught, notes);
  }

  @Override
  public void close() {
    owner.close();
  }
}
