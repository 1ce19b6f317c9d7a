package dev.assay.engine.finetune;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.distill.TermTypes;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.Asked;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.ForwardFlops;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.train.SequenceLengths;
import dev.assay.engine.train.StepFlops;
import dev.assay.engine.train.TrainingLog;
import dev.assay.engine.train.TrainingLoss;
import dev.assay.engine.working.WorkingModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One stage at work: the student, its teachers and what it is trained by. */
final class TrainedStage implements AutoCloseable {
  private final WorkingModel model;
  private final StageContext context;
  private final TorchSession torch;
  private final NDManager owner;
  private final List<Teacher> teachers;
  private final List<WeightedTerm> loss;
  private final Lesson lesson;
  private final Training training;
  private final Trainee trainee;
  private @Nullable CachedTeacher cached;

  TrainedStage(WorkingModel model, StageContext context, Lesson lesson, Trainee.Maker maker) {
    this.model = model;
    this.context = context;
    this.torch = context.torch();
    this.owner = torch.manager().newSubManager();
    this.teachers = lesson.teachers();
    this.loss = lesson.loss();
    this.lesson = lesson;
    this.training = lesson.training();
    this.trainee = maker.at(new Trainee.Desk(model, context, owner, training));
  }

  /**
   * What came of it.
   *
   * @param linears each linear that was trained
   */
  record Outcome(List<LinearOutcome> linears, TrainingReport report) {}

  Outcome run() {
    List<ModelWeights> taught = teachers.stream().map(this::weights).toList();
    TeacherTokens tokens =
        lesson.tokens(TokenReader.of(model), taught.stream().map(TokenReader::of).toList());
    List<ModelSpec> specs = taught.stream().map(ModelWeights::spec).toList();
    ModelSpec own = model.spec();
    LinearForm plain =
        training.precision() == Precision.BFLOAT16 ? LinearForm.BFLOAT16 : LinearForm.FLOAT32;
    Material material = lesson.material(context, tokens, model.before());
    if (lesson.cache() != null) {
      cached = new CachedTeacher(context, lesson, taught.get(0), tokens.vocabulary(), plain);
      material = cached.taught(material);
    }
    long length = lesson.longest(material, own);
    TrainableModel student =
        TrainableModel.read(
            torch,
            owner,
            model.before(),
            trainee.form(plain),
            TrainingLoss.ofStudent(loss, own, specs),
            length);
    List<TrainableModel> masters = new ArrayList<>();
    for (int i = 0; i < taught.size() && cached == null; i++) {
      Asked asked = TrainingLoss.ofTeacher(loss, own, specs, i);
      requireSame(teachers.get(i), taught.get(i));
      masters.add(TrainableModel.read(torch, owner, taught.get(i), plain, asked, length));
    }
    TrainingLoss terms =
        TrainingLoss.of(owner, loss, own, specs, tokens.vocabulary(), training.seed());
    FilterPhase.Outcome filters =
        new FilterPhase(context, training, material, owner).run(loss, terms, student, masters);
    List<Learned> learned = new ArrayList<>(trainee.learned(student));
    long trained = learned.stream().mapToLong(each -> each.tensor().size()).sum();
    learned.addAll(terms.learned());
    StageRuns runs =
        new StageRuns(
            context,
            training,
            trainee,
            new StageRuns.Room(
                student,
                masters,
                terms.modules(),
                loss.stream().map(TermTypes::nameOf).toList(),
                lesson,
                tokens,
                material,
                length));
    TrainingLog log = trainee.train(learned, runs);
    return new Outcome(
        trainee.store(
            student,
            learned,
            "trained for %d steps"
                .formatted(log.bestStep() == null ? log.steps().size() : log.bestStep())),
        report(
            log,
            trained,
            StepFlops.of(student, trainee.multiplied(student, learned), material.usual()),
            specs,
            material,
            filters,
            Stream.of(
                    tokens.notes(),
                    material.notes(),
                    trainee.notes(),
                    filters.notes(),
                    written(log))
                .flatMap(List::stream)
                .toList()));
  }

  private static List<String> written(TrainingLog log) {
    return log.written() == 0
        ? List.of()
        : List.of(
            "%d tokens were written by student or teacher, of %d that were learned from"
                .formatted(log.written(), log.tokens()));
  }

  private ModelWeights weights(Teacher teacher) {
    if (teacher.isOriginal()) {
      return context.original();
    }
    Checkpoint checkpoint = Checkpoint.open(Path.of(teacher.model()));
    return new CheckpointWeights(torch, checkpoint, new Families().architecture(checkpoint));
  }

  /** It may be another by now than it was when the recipe was read. */
  static void requireSame(Teacher teacher, ModelWeights weights) {
    if (teacher.sha256() != null) {
      try {
        teacher.requireHash(weights.checkpoint().sha256());
      } catch (InvalidValueException e) {
        throw new BadInputException("teachers: " + e.getMessage(), e);
      }
    }
  }

  private TrainingReport report(
      TrainingLog log,
      long trained,
      StepFlops flops,
      List<ModelSpec> specs,
      Material material,
      FilterPhase.Outcome filters,
      List<String> notes) {
    SequenceLengths lengths = material.usual();
    double sequences = (double) log.tokens() / lengths.tokens();
    double samples = (double) log.written() / lengths.tokens();
    Writing writing = lesson.writing();
    double student =
        sequences * flops.step(training.recompute())
            + (writing == null ? 0 : writing.studentPasses())
                * samples
                * forward(model.spec(), lengths);
    // Of a teacher whose outputs are kept once each, whichever run it was that had it run.
    double passes =
        (cached == null ? sequences : cached.sequences())
            * specs.stream().mapToDouble(spec -> forward(spec, lengths)).sum();
    double taught = material.writing() + passes;
    if (writing != null && writing.teacherPasses() > 0) {
      taught += writing.teacherPasses() * samples * forward(specs.get(0), lengths);
    }
    return new TrainingReport(
        log,
        trained,
        student + filters.studentFlops(),
        taught + filters.teacherFlops(),
        material.writing()
            + (cached == null ? 0 : passes)
            + filters.studentFlops()
            + filters.teacherFlops(),
        notes);
  }

  private static double forward(ModelSpec spec, SequenceLengths lengths) {
    return (double) ForwardFlops.of(spec, 1, lengths).forward();
  }

  @Override
  public void close() {
    owner.close();
    if (cached != null) {
      cached.close();
    }
  }
}
