package dev.assay.engine.finetune;

import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.config.Require;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a stage learns from: one of these, a text as it is by itself where nothing is said.
 *
 * @param data a text
 * @param answers conversations whose answers are learned
 * @param generated text that the model itself writes
 */
public record LearnedFrom(
    @Nullable WantedText data, @Nullable Answers answers, @Nullable Generated generated) {
  public LearnedFrom {
    List<String> given =
        Stream.of(
                data == null ? null : "data",
                answers == null ? null : "answers",
                generated == null ? null : "generated")
            .filter(Objects::nonNull)
            .toList();
    Require.that(
        given.size() <= 1,
        given.isEmpty() ? "data" : given.get(0),
        String.join(" beside ", given),
        "one of data, answers and generated");
    data = given.isEmpty() ? WantedText.DEFAULT : data;
  }

  /** A text. */
  public static LearnedFrom text(WantedText data) {
    return new LearnedFrom(data, null, null);
  }

  /** Tokens of a sequence at most. */
  int length() {
    if (answers != null) {
      return answers.length();
    }
    return generated == null ? Objects.requireNonNull(data, "data").length() : generated.length();
  }

  /** All texts that are read. */
  List<WantedText> texts(Training training) {
    return data == null ? List.of() : training.texts(data);
  }

  /** Makes sure that something is left to learn from beside what is held out. */
  void requireLeft(Training training) {
    // What is held out is another text.
    List<WantedText> unused = texts(training);
    HeldOut held = training.evaluation();
    if (generated != null && held != null) {
      Require.that(
          held.windows() < generated.sequences(),
          "training.evaluation.windows",
          held.windows(),
          "fewer than the %d sequences that are generated".formatted(generated.sequences()));
    }
  }
}
