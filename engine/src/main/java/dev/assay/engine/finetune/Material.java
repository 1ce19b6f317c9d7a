package dev.assay.engine.finetune;

import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.train.ForwardFlops;
import dev.assay.engine.train.SequenceLengths;
import dev.assay.engine.train.TextWindows;
import dev.assay.engine.train.TrainingData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a stage learns from and is looked at with, as tokens.
 *
 * @param data what is learned from
 * @param held what is looked at beside it; null for nothing
 * @param longest tokens of the longest sequence of student or teachers
 * @param usual how long a sequence of the student is on average, rounded
 * @param writing floating-point operations that it took to write it
 * @param notes what else is to be known, in words
 */
record Material(
    TrainingData data,
    @Nullable TrainingData held,
    long longest,
    SequenceLengths usual,
    double writing,
    List<String> notes) {
  Material {
    notes = List.copyOf(notes);
  }

  /** What the model writes that the recipe began with; the last of it is held out. */
  static Material written(
      Generated generated,
      StageContext context,
      Training training,
      TeacherTokens tokens,
      ModelWeights own) {
    ModelWeights writer = context.original();
    generated.requireReads(own, writer);
    int all = generated.sequences();
    List<long[]> windows =
        generated.write(
            context.torch(),
            writer,
            count ->
                context
                    .progress()
                    .done(0, training.steps(), "%d of %d sequences written".formatted(count, all)));
    HeldOut evaluation = training.evaluation();
    int learned = all - (evaluation == null ? 0 : evaluation.windows());
    long length = windows.get(0).length;
    return new Material(
        tokens.data(new TextWindows(windows.subList(0, learned)), length),
        evaluation == null
            ? null
            : tokens.data(new TextWindows(windows.subList(learned, all)), length),
        length,
        SequenceLengths.of(length),
        (double) ForwardFlops.of(writer.spec(), all, length).forward(),
        List.of(
            "generated: %d sequences of %d tokens written by what the recipe began with, of which %d are held out"
                .formatted(all, length, all - learned)));
  }
}
