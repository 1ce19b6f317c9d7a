package dev.assay.engine.finetune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.working.WorkingModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a model learns, from whom and how.
 *
 * @param teachers models whose outputs terms compare with
 * @param loss terms of the loss
 * @param cache keeps what the teacher makes on disk; null for one that runs along
 * @param data the text; null where answers are learned
 * @param answers conversations in its place; null where a text is learned from
 */
public record Lesson(
    List<Teacher> teachers,
    List<WeightedTerm> loss,
    @Nullable TeacherCache cache,
    @Nullable WantedText data,
    @Nullable Answers answers,
    Training training) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public Lesson {
    teachers = List.copyOf(teachers);
    loss = List.copyOf(loss);
    data = Answers.textBeside(data, answers);
    TeacherCache.require(cache, teachers, loss);
  }

  /** Of the next token alone. */
  public static Lesson ofText(WantedText data, Training training) {
    return new Lesson(List.of(), List.of(Losses.labels()), null, data, null, training);
  }

  /**
   * Of what a recipe may leave out: the next token alone without a loss, else, where nobody else is
   * named, what the model was that the recipe began with.
   *
   * @throws IllegalArgumentException if there are teachers or a cache without a loss
   */
  public static Lesson of(
      @Nullable List<Teacher> teachers,
      @Nullable List<WeightedTerm> loss,
      @Nullable TeacherCache cache,
      WantedText data,
      Training training) {
    if (loss == null) {
      Require.that(
          teachers == null,
          "teachers",
          teachers == null ? "none" : teachers.stream().map(Teacher::model).toList(),
          "none without a loss");
      Require.that(cache == null, "cache", String.valueOf(cache), "none without a loss");
      return ofText(data, training);
    }
    Require.that(!loss.isEmpty(), "loss", loss, "at least one term");
    return new Lesson(
        teachers == null ? List.of(Teacher.of("original")) : teachers,
        loss,
        cache,
        data,
        null,
        training);
  }

  /** All texts that are read. */
  public List<WantedText> texts() {
    return data == null ? List.of() : training.texts(data);
  }

  /** Tokens of a sequence at most. */
  private int length() {
    return answers == null ? Objects.requireNonNull(data, "data").length() : answers.length();
  }

  /** What there is to learn, in the tokens of a model and its teachers. */
  Material material(TextSource texts, TeacherTokens tokens, ModelSpec own) {
    return answers == null
        ? Material.ofText(texts, Objects.requireNonNull(data, "data"), training, tokens)
        : new AnswerReader(answers, tokens, own.spec().vocabularySize(), own.spec().contextLength())
            .read(training);
  }

  /**
   * What training holds.
   *
   * @param trained parameters; −1 for all of the model
   */
  public TrainingExtent extent(ModelSpec spec, long trained) {
    return new TrainingExtent(
        training.batch(),
        Math.min(length(), spec.spec().contextLength()),
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
   * @throws BadInputException if it does not continue text
   */
  public void requireFits(ModelSpec spec) {
    if (spec.kind() != ModelSpec.Kind.CAUSAL) {
      throw new BadInputException(
          "found a model of %s that does not continue text, expected one that does: it is trained on windows of a text"
              .formatted(spec.family()));
    }
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
