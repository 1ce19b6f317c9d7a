package dev.assay.engine.finetune;

import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.calibration.WantedText;
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
 * @param usual tokens of a sequence of the student on average, rounded
 * @param notes what else is to be known, in words
 */
record Material(
    TrainingData data, @Nullable TrainingData held, long longest, long usual, List<String> notes) {
  Material {
    notes = List.copyOf(notes);
  }

  /** Windows of a text. */
  static Material ofText(
      TextSource texts, WantedText data, Training training, TeacherTokens tokens) {
    TextWindows windows = new TextWindows(texts.windows(data));
    WantedText held = training.held(data);
    TextWindows heldWindows = held == null ? null : new TextWindows(texts.windows(held));
    long length = windows.windows().get(0).length;
    return new Material(
        tokens.data(windows, length),
        heldWindows == null ? null : tokens.data(heldWindows, length),
        length,
        length,
        List.of());
  }
}
