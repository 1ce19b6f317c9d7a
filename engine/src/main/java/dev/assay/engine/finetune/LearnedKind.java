package dev.assay.engine.finetune;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.distill.UniversalLogits;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelSpec.Kind;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.tokenizer.GapTokens;
import dev.assay.engine.tokenizer.SentinelTokens;
import dev.assay.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a model of some kind can learn of a lesson: what continues text learns texts and answers,
 * what fills gaps texts, what has an encoder and a decoder both, what puts text into classes
 * neither.
 *
 * @param lesson that it is to learn
 */
record LearnedKind(Lesson lesson) {
  /**
   * Makes sure that a model can learn it, by what it is for.
   *
   * @throws BadInputException if not; says what was found and expected
   */
  void require(ModelSpec spec) {
    Kind kind = spec.kind();
    if (kind == Kind.CLASSIFIER) {
      throw new BadInputException(
          "found a model of %s that puts text into classes, expected one that continues text, fills gaps or writes one text after reading another: neither texts nor answers have classes that it could learn"
              .formatted(spec.family()));
    }
    if (kind == Kind.MASKED && lesson.from().answers() != null) {
      throw new BadInputException(
          "answers: found them for a model of %s that fills gaps and writes no answers, expected a text as data"
              .formatted(spec.family()));
    }
    requireContinued(spec);
    requireNone("masking", lesson.training().masking(), spec, Kind.MASKED, "fills gaps");
    requireNone(
        "spans",
        lesson.training().spans(),
        spec,
        Kind.ENCODER_DECODER,
        "has an encoder and a decoder");
    if (lesson.training().spans() != null && lesson.from().answers() != null) {
      throw new BadInputException(
          "training: spans: found them beside answers, expected a text, out of which they are taken");
    }
    WantedText data = lesson.from().data();
    if (kind != Kind.CAUSAL && data != null && data.bos() != BosPolicy.NONE) {
      throw new BadInputException(
          "data: bos: found %s for a model of %s, expected none: what stands around its windows is settled"
              .formatted(data.bos().name().toLowerCase(Locale.ROOT), spec.family()));
    }
    lesson.teachers().forEach(each -> requireAlike(spec, each));
    lesson.loss().forEach(each -> requireScored(spec, each));
  }

  /** What is written is written behind a beginning, and what is kept of a teacher is of texts. */
  private void requireContinued(ModelSpec spec) {
    String key =
        lesson.from().generated() != null
            ? "generated"
            : lesson.writing() != null
                ? lesson.writing().key()
                : lesson.cache() != null ? "cache" : null;
    if (key != null && spec.kind() != Kind.CAUSAL) {
      throw new BadInputException(
          "%s: found it for a model of %s, expected one that continues text"
              .formatted(key, spec.family()));
    }
  }

  /** Labels of these kinds stand where they are scored, with no answer's token in front of them. */
  private static void requireScored(ModelSpec spec, WeightedTerm term) {
    if (spec.kind() != Kind.CAUSAL
        && term.term() instanceof UniversalLogits uld
        && uld.positions() == UniversalLogits.Positions.OBSERVED) {
      throw new BadInputException(
          "uld: positions: found observed for a model of %s, expected predicting: no token that is read is one that is scored"
              .formatted(spec.family()));
    }
  }

  private static void requireNone(
      String key, @Nullable Object found, ModelSpec spec, Kind wanted, String what) {
    if (found != null && spec.kind() != wanted) {
      throw new BadInputException(
          "training: %s: found it for a model of %s, expected one that %s"
              .formatted(key, spec.family(), what));
    }
  }

  /** Others would read something else, and their logits would be of other tokens. */
  private static void requireAlike(ModelSpec spec, Teacher teacher) {
    if (teacher.isOriginal()) {
      return;
    }
    ModelSpec its = new Families().architecture(Checkpoint.open(Path.of(teacher.model())));
    if (its.kind() != spec.kind() || its.startToken() != spec.startToken()) {
      throw new BadInputException(
          "teachers: %s: found a model %s, expected one %s like the student"
              .formatted(teacher.model(), told(its), told(spec)));
    }
  }

  private static String told(ModelSpec spec) {
    return switch (spec.kind()) {
      case CAUSAL -> "that continues text";
      case MASKED -> "that fills gaps";
      case CLASSIFIER -> "that puts text into classes";
      case ENCODER_DECODER -> "of encoder and decoder that begins with token " + spec.startToken();
    };
  }

  /**
   * Makes sure that a model's tokenizer has the tokens that the lesson needs.
   *
   * @throws BadInputException if it has no tokenizer, or one without them
   */
  void requireTokens(Checkpoint model, ModelSpec spec) {
    if (spec.kind() == Kind.CAUSAL) {
      return;
    }
    long rows = spec.spec().vocabularySize();
    WantedText data = lesson.from().data();
    try (Tokenizer tokenizer = model.tokenizer()) {
      if (spec.kind() == Kind.MASKED) {
        GapTokens unused = GapTokens.of(tokenizer, rows);
        return;
      }
      SentinelTokens tokens = SentinelTokens.of(tokenizer, rows);
      if (data != null) {
        int length = Math.min(data.length(), spec.spec().contextLength());
        long[] unused = tokens.sentinels(lesson.training().taken().count(length));
      }
    }
  }
}
