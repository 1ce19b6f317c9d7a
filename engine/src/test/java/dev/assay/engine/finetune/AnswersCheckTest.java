package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.recipe.PipelineCheck;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of answers before a tensor is read. */
class AnswersCheckTest {
  private static final String SHORT = said("user", "Sky?", "Blue.");
  private static final String LONG = said("user", "Go on.", "On and on and on. ".repeat(40));

  @TempDir private Path directory;

  private Path model;

  private static String said(String role, String text, String answer) {
    return """
    {"messages": [{"role": "%s", "content": "%s"}, {"role": "assistant", "content": "%s"}]}
    """
        .formatted(role, text, answer);
  }

  @BeforeEach
  void copyModel() throws IOException {
    model = directory.resolve("model");
    PathUtils.copyDirectory(ModelFixture.model("ref-7m"), model);
  }

  private void check(String answers, String keys) throws IOException {
    Path file = Files.writeString(directory.resolve("set.jsonl"), answers);
    Checkpoint source = Checkpoint.open(model);
    List<Step> steps =
        RecipeText.steps(
            directory,
            List.of("finetune: {answers: {file: %s, length: 64}%s}".formatted(file, keys)));
    new PipelineCheck(new Families().architecture(source), StageRegistry.load())
        .requireLessons(steps, source);
  }

  @Test
  void someThatAreTooLongAreLeftOut() {
    assertThatCode(() -> check(LONG + SHORT, "")).doesNotThrowAnyException();
  }

  @Test
  void noneThatIsShortEnoughIsRefused() {
    assertThatThrownBy(() -> check(LONG + LONG.replace("Go", "Keep"), ""))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            "stage finetune: answers: found no example of at most 64 tokens in "
                + directory.resolve("set.jsonl"))
        .hasMessageContaining("2 (too-long 2)");
  }

  @Test
  void soManyHeldOutThatNoneIsLeftAreRefused() throws IOException {
    String two = SHORT + SHORT.replace("Sky", "Sea");
    check(two, ", training: {evaluation: {windows: 1}}");
    assertThatThrownBy(() -> check(two, ", training: {evaluation: {windows: 2}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            "stage finetune: training: evaluation: windows: found 2, expected so few");
  }

  /** Answers to one prompt stay together, in whichever order prompts come. */
  @Test
  void someOrderHasToLeaveSome() throws IOException {
    String eleven = said("user", "One?", "1.") + said("user", "Two?", "2.") + SHORT.repeat(9);
    check(eleven, ", training: {evaluation: {windows: 5}, seed: 3}");
    check(eleven, ", training: {evaluation: {windows: 10}}");
    assertThatThrownBy(() -> check(eleven, ", training: {evaluation: {windows: 11}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("windows: found 11, expected so few that of the 11 examples to 3");
  }

  /** Wherever in the file it stands. */
  @Test
  void aRoleThatTheTemplateDoesNotTakeIsRefused() throws IOException {
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        """
        {"chat_template": "{% for m in messages %}{% if m.role == 'system' %}\
        {{ raise_exception('no system prompts here') }}{% endif %}{{ m.role }}: {{ m.content }}. \
        {% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"}
        """);
    check(SHORT, "");
    assertThatThrownBy(
            () -> check(SHORT + SHORT.replace("Sky", "Sea") + said("system", "Sing.", "La."), ""))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no system prompts here");
  }
}
