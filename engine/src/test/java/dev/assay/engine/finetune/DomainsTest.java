package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.prompt.ChatExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Teachers that teach some of the answers. */
@Tag("slow")
class DomainsTest extends TorchTest {
  private static final String KL = "forward-kl: {reduction: sum%s}";

  @TempDir private Path directory;
  private int runs;

  private static List<ChatExample> of(@Nullable String domain, int count) {
    List<ChatExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      examples.add(
          new ChatExample(
              List.of(ChatMessage.user("What is %s number %d?".formatted(domain, i))),
              "It is a kind of %s, with %d leaves.".formatted(domain, i + 2),
              domain));
    }
    return examples;
  }

  /** The loss of all examples together, of a student that is the original still. */
  private double first(String teachers, String term, List<ChatExample> examples)
      throws IOException {
    TextlessStages stages = new TextlessStages(torch, directory);
    Path file = stages.set("set", examples);
    String larger = ModelFixture.model("ref-22m").toString();
    JsonNode training =
        stages.run(
            """
              - distill:
                  teachers: [%s]
                  loss: [{%s}]
                  answers: {file: %s, length: 64}
                  training: {steps: 1, batch: %d, learningRate: 1e-6}
            """
                .formatted(teachers.replace("LARGER", larger), term, file, examples.size()),
            "made" + runs++);
    return training.path("log").path("steps").get(0).path("loss").asDouble();
  }

  private static List<ChatExample> both() {
    List<ChatExample> both = new ArrayList<>(of("trees", 3));
    both.addAll(of("herbs", 2));
    return both;
  }

  /** The student has nothing to learn of what it was itself. */
  @Test
  void anExampleIsLearnedFromItsOwnTeacherAlone() throws IOException {
    double alone = first("LARGER", KL.formatted(""), of("trees", 3));
    assertThat(alone).isGreaterThan(1);
    for (String several : List.of("probabilities", "logits", "losses")) {
      double split =
          first(
              "{model: LARGER, domains: [trees]}, {model: original, domains: [herbs]}",
              KL.formatted(", teachers: " + several),
              both());
      assertThat(split).as(several).isCloseTo(alone, within(1e-4 * alone));
    }
  }

  @Test
  void weightsAreSharesOfThoseThatTeach() throws IOException {
    double trees = first("LARGER", KL.formatted(""), of("trees", 3));
    double herbs = first("LARGER", KL.formatted(""), of("herbs", 2));
    double split =
        first(
            "LARGER, {model: original, domains: [herbs, moss]}",
            KL.formatted(", teachers: losses, teacherWeights: [3, 1]"),
            both());
    assertThat(split).isCloseTo(trees + 0.75 * herbs, within(1e-4 * trees));
  }

  /** As a teacher answers, so the domain of a prompt is that of its answer. */
  @Test
  void whatIsOfNoDomainIsTaughtByTeachersOfAll() throws IOException {
    double alone = first("LARGER", KL.formatted(""), of(null, 2));
    double beside =
        first("LARGER, {model: original, domains: [herbs]}", KL.formatted(""), of(null, 2));
    assertThat(beside).isCloseTo(alone, within(1e-4 * alone));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "teachers: [{model: original, domains: [herbs]}], answers: {file: FILE} | FILE: found examples of domain 'trees', expected those that a teacher has: [herbs]",
        "teachers: [{model: original, domains: [herbs]}] | teachers.domains: found with data, expected none without answers",
        "teachers: [{model: original, domains: []}], answers: {file: FILE} | domains: found [], expected at least one name",
        "teachers: [{model: original, domains: [herbs, trees]}], answers: {file: FILE}, onPolicy: {}, loss: [reverse-kl] | expected none with onPolicy",
        "teachers: [{model: original, domains: [herbs, trees]}], answers: {file: FILE}, loss: [hinton, rkd] | loss: found rkd with domains of teachers",
      })
  void whatCannotBeMeantIsRefused(String keys, String message) throws IOException {
    TextlessStages stages = new TextlessStages(torch, directory);
    String file = stages.set("set", both()).toString();
    assertThatThrownBy(() -> stages.recipe("  - distill: {" + keys.replace("FILE", file) + "}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message.replace("FILE", file));
  }

  @Test
  void aPolicyIsOfNoDomain() {
    TextlessStages stages = new TextlessStages(torch, directory);
    assertThatThrownBy(
            () -> stages.recipe("  - minillm: {teacher: {model: original, domains: [herbs]}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("teacher.domains: found [herbs], expected none");
  }
}
