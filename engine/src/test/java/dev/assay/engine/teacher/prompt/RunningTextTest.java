package dev.assay.engine.teacher.prompt;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts of evaluation sets in texts that go on over lines. */
class RunningTextTest {
  private static final String QUESTION = "How can I improve my time management skills?";

  private static void look(String text) {
    EvaluationSets.known().requireNoneIn("mine.txt", text);
  }

  /** Wherever it stands, also where one piece ends and the next begins. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 295, 299, 300, 301, 594, 598, 600, 605, 893, 2000})
  void oneIsFoundBehindAnyNumberOfWords(int words) {
    String before = "word ".repeat(words);
    assertThatThrownBy(() -> look(before + QUESTION + " word".repeat(700)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("mine.txt: found 1 prompt of Vicuna's questions (line 1)");
    assertThatThrownBy(() -> look("word\n".repeat(words) + QUESTION.replace(" ", "\n") + "\nword"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found 1 prompt of Vicuna's questions (line " + (words + 1) + ")");
    assertThatCode(() -> look(before + QUESTION.replace("time", "tea") + "\n\nword"))
        .doesNotThrowAnyException();
  }
}
