package dev.assay.engine.finetune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.Relational;
import dev.assay.engine.distill.StateTerm;
import dev.assay.engine.distill.TermTypes;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.run.TrainableModel.Asked;
import dev.assay.engine.train.ModelTrainer;
import dev.assay.engine.train.OrderedBatches;
import dev.assay.engine.train.StepBatches;
import dev.assay.engine.train.TrainingLoss;
import dev.assay.engine.train.TrainingPlan;
import dev.assay.engine.working.WorkingModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a model learns, from whom and how.
 *
 * @param teachers models whose outputs terms compare with
 * @param loss terms of the loss
 * @param cache keeps what the teacher makes on disk; null for one that runs along
 * @param from what is learned from
 * @param writing how some of it is written by student and teachers; null where none is
 */
public record Lesson(
    List<Teacher> teachers,
    List<WeightedTerm> loss,
    @Nullable TeacherCache cache,
    LearnedFrom from,
    @Nullable Writing writing,
    Training training) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public Lesson {
    teachers = List.copyOf(teachers);
    loss = List.copyOf(loss);
    TeacherCache.require(cache, teachers, loss);
    Require.that(
        teachers.isEmpty()
            || learnsFromOthers(loss)
            || writing != null && writing.teacherPasses() > 0,
        "loss",
        loss.stream().map(TermTypes::nameOf).toList(),
        "a term that learns from the teachers: labels alone, as finetune has them, need none");
    new Domains(teachers).require(loss, from, writing != null);
    Require.that(
        cache == null || writing == null,
        "cache",
        TeacherCache.written(cache),
        "none with onPolicy, whose texts nobody knows before");
    from.requireLeft(training);
    requirePairs(loss, training);
  }

  private static boolean learnsFromOthers(List<WeightedTerm> loss) {
    return loss.stream().anyMatch(term -> term.term().needsTeacher());
  }

  /** What compares sequences of a batch with each other has nothing to learn of one. */
  private static void requirePairs(List<WeightedTerm> loss, Training training) {
    for (WeightedTerm term : loss) {
      boolean relates =
          term.term() instanceof StateTerm state && state.form() instanceof Relational;
      Require.that(
          !relates || training.batch() > 1,
          "training.batch",
          training.batch(),
          "at least 2 with rkd, which compares sequences of a batch");
    }
  }

  /** Without what the student writes. */
  public Lesson(
      List<Teacher> teachers, List<WeightedTerm> loss, LearnedFrom from, Training training) {
    this(teachers, loss, null, from, null, training);
  }

  /**
   * Of what a recipe may leave out: the next token alone without a loss, else, where a term learns
   * from others and nobody is named, what the model was that the recipe began with.
   *
   * @throws IllegalArgumentException if there are teachers or a cache without a loss
   */
  public static Lesson of(
      @Nullable List<Teacher> teachers,
      @Nullable List<WeightedTerm> loss,
      @Nullable TeacherCache cache,
      LearnedFrom from,
      Training training) {
    if (loss == null) {
      Require.that(
          teachers == null,
          "teachers",
          teachers == null ? "none" : teachers.stream().map(Teacher::model).toList(),
          "none without a loss");
      Require.that(cache == null, "cache", TeacherCache.written(cache), "none without a loss");
      return ofLabels(from, training);
    }
    Require.that(!loss.isEmpty(), "loss", loss, "at least one term");
    boolean taught = cache != null || learnsFromOthers(loss);
    List<Teacher> others = taught ? List.of(Teacher.of("original")) : List.of();
    return new Lesson(teachers == null ? others : teachers, loss, cache, from, null, training);
  }

  /** Of the next token alone. */
  static Lesson ofLabels(LearnedFrom from, Training training) {
    return new Lesson(List.of(), List.of(Losses.labels()), from, training);
  }

  /** All texts that are read. */
  public List<WantedText> texts() {
    List<WantedText> texts = new ArrayList<>(from.texts(training));
    if (writing != null) {
      texts.addAll(writing.texts());
    }
    return texts.stream().distinct().toList();
  }

  /** What there is to learn, in the tokens of a model and its teachers. */
  Material material(StageContext context, TeacherTokens tokens, ModelWeights own) {
    if (from.answers() != null) {
      return new AnswerReader(from.answers(), new Domains(teachers), tokens, own.spec())
          .read(training);
    }
    return from.generated() == null
        ? new WindowText(
                context.room().texts(),
                Objects.requireNonNull(from.data(), "data"),
                training,
                tokens,
                own.spec())
            .read()
        : Material.written(from.generated(), context, training, tokens, own);
  }

  /**
   * Tokens of the longest sequence that is learned from, or written.
   *
   * @param material what there is
   */
  long longest(Material material, ModelSpec own) {
    return writing == null ? material.longest() : Math.max(material.longest(), length(own));
  }

  /** Tokens of a sequence at most. */
  private int length(ModelSpec own) {
    int wanted = writing == null ? from.length() : Math.max(from.length(), writing.length());
    return Math.min(wanted, own.spec().contextLength());
  }

  /** What steps learn from. */
  StepBatches batches(
      StageContext context,
      ModelTrainer trainer,
      TrainingPlan plan,
      Material material,
      TeacherTokens tokens,
      long longest) {
    return writing == null
        ? new OrderedBatches(material.data(), plan)
        : writing.batches(
            new Writing.Desk(
                context.torch(),
                context.room().texts(),
                trainer,
                plan,
                material,
                tokens,
                Math.toIntExact(longest)));
  }

  /**
   * What training holds.
   *
   * @param trained parameters; −1 for all of the model
   */
  public TrainingExtent extent(ModelSpec spec, long trained) {
    return new TrainingExtent(
        training.batch(),
        length(spec),
        (long) training.steps() * training.accumulation(),
        training.optimizer().optimizer().memories(),
        trained,
        training.recompute(),
        (int) teachers.stream().filter(Teacher::isOriginal).count(),
        teachers.stream()
            .filter(each -> !each.isOriginal())
            .mapToLong(each -> Checkpoint.open(Path.of(each.model())).parameters())
            .sum(),
        cache != null);
  }

  /**
   * Makes sure that a model can be trained so.
   *
   * @throws BadInputException if what it is for is not what the lesson teaches
   */
  public void requireFits(ModelSpec spec) {
    new LearnedKind(this).require(spec);
  }

  /**
   * Makes sure that a model's tokenizer has what is needed beside text.
   *
   * @throws BadInputException if not
   */
  public void requireTokens(Checkpoint model, ModelSpec spec) {
    new LearnedKind(this).requireTokens(model, spec);
  }

  /**
   * Makes sure that a student has what is trained, that teachers can be compared with it as terms
   * do, and that answers can be learned, as far as that can be told without a tensor.
   *
   * @param source what the recipe began with
   * @param original what that is
   * @param student what is left of it
   * @throws BadInputException if not
   */
  public void requireLearnable(Checkpoint source, ModelSpec original, ModelSpec student) {
    TrainedNames.of(training.only()).require(student, source);
    TeacherTokens tokens =
        tokens(
            new TokenReader(source, student),
            teachers.stream()
                .map(
                    each ->
                        each.isOriginal()
                            ? new TokenReader(source, original)
                            : TokenReader.of(Path.of(each.model())))
                .toList());
    boolean sameTokens =
        student.spec().vocabularySize() == original.spec().vocabularySize()
            && student.kind() == original.kind();
    if (from.answers() != null && sameTokens) {
      new AnswerReader(from.answers(), new Domains(teachers), tokens, student)
          .requireSome(training.evaluation());
    }
  }

  /**
   * What teachers read beside a student.
   *
   * @throws BadInputException if a term cannot compare them
   */
  TeacherTokens tokens(TokenReader student, List<TokenReader> taught) {
    TeacherTokens tokens = TeacherTokens.of(student, teachers, taught, loss);
    List<ModelSpec> specs = taught.stream().map(TokenReader::spec).toList();
    for (WeightedTerm term : loss) {
      TrainingLoss.requireFit(term, student.spec(), specs, tokens.vocabulary());
    }
    Asked unused = TrainingLoss.ofStudent(loss, student.spec(), specs);
    return tokens;
  }

  /** Trains a model, and tells how that went. */
  public List<LinearOutcome> train(WorkingModel model, StageContext context, Trainee.Maker maker) {
    try (TrainedStage stage = new TrainedStage(model, context, this, maker)) {
      TrainedStage.Outcome outcome = stage.run();
      ObjectNode said = JSON.createObjectNode();
      said.set("training", JSON.valueToTree(outcome.report()));
      context.room().told().accept(said);
      return outcome.linears();
    }
  }
}
