package dev.assay.engine.finetune;

import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Require;
import dev.assay.engine.run.TextWriter;
import dev.assay.engine.teacher.local.AnswerEnds;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.ModelTrainer;
import dev.assay.engine.train.Prompts;
import dev.assay.engine.train.SampleWriter;
import dev.assay.engine.train.StepBatches;
import dev.assay.engine.train.TextPrompts;
import dev.assay.engine.train.TextWindows;
import dev.assay.engine.train.TrainingPlan;
import java.util.List;
import java.util.Set;

/** How models write what a student is trained on. */
sealed interface Writing permits OnPolicy, PolicyPlan {
  /** What a recipe calls it. */
  String key();

  /** Passes of the student over all that is written. */
  int studentPasses();

  /** Those of its teacher, beside that by which the two are compared. */
  int teacherPasses();

  /** Texts that are read beside what is learned from. */
  default List<WantedText> texts() {
    return List.of();
  }

  /** Tokens of their windows; 0 where there are none. */
  default int length() {
    return 0;
  }

  /** What steps learn from. */
  StepBatches batches(Desk desk);

  /** Makes sure that windows have room for what is written. */
  static void requireBelow(String key, int prompt, int length) {
    Require.that(prompt < length, key, prompt, "below the %d tokens of a window".formatted(length));
  }

  /**
   * Where it is done.
   *
   * @param texts what data there are
   * @param trainer of student and teachers
   * @param read what these read
   * @param longest tokens of a sequence at most
   */
  record Desk(
      TorchSession torch,
      TextSource texts,
      ModelTrainer trainer,
      TrainingPlan plan,
      Material material,
      TeacherTokens read,
      int longest) {
    /**
     * Writes behind what sequences begin with.
     *
     * @param prompt tokens of a window that are its beginning; of answers it is what was asked
     * @param tokens that are written at most
     * @throws BadInputException if a teacher has other tokens, or windows are too short
     */
    SampleWriter writer(int prompt, int tokens, double teacherShare, double temperature) {
      if (read.others().stream().anyMatch(each -> each != null)) {
        throw new BadInputException(
            "found a teacher with another tokenizer than the student's, expected the same one: it is to read what the student writes");
      }
      boolean answers = material.data() instanceof AnswerSequences;
      return new SampleWriter(
          new TextWriter(
              torch,
              trainer.writing(teacherShare, temperature),
              answers ? answerEnds(read.student()) : AnswerEnds.of(read.student())),
          prompts(prompt, tokens),
          plan.seed());
    }

    private Prompts prompts(int prompt, int tokens) {
      if (material.data() instanceof AnswerSequences answers) {
        return new AnswerPrompts(answers, tokens, longest);
      }
      TextWindows windows = (TextWindows) material.data();
      int length = windows.windows().get(0).length;
      if (prompt >= length) {
        throw new BadInputException(
            "prompt: found %d, expected fewer than the %d tokens of a window"
                .formatted(prompt, length));
      }
      return new TextPrompts(windows, prompt, tokens);
    }

    private static Set<Long> answerEnds(Checkpoint checkpoint) {
      try (Tokenizer tokenizer = checkpoint.tokenizer()) {
        return AnswerEnds.of(checkpoint, tokenizer);
      }
    }
  }
}
