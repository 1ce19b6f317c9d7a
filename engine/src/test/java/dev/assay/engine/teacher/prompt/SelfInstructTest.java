package dev.assay.engine.teacher.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.teacher.chat.ChatRequest;
import dev.assay.engine.teacher.chat.Choice;
import dev.assay.engine.teacher.chat.Completion;
import dev.assay.engine.teacher.chat.Sampling;
import dev.assay.engine.teacher.chat.TextTeacher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SelfInstructTest {
  private static final List<Prompt> SEEDS =
      List.of(
          Prompt.of(1, "Write a poem about the sea."),
          Prompt.of(2, "Name three capitals in Africa."),
          Prompt.of(3, "Explain why bread rises."));

  private final List<ChatRequest> asked = new ArrayList<>();

  private TextTeacher says(String... answers) {
    Deque<String> left = new ArrayDeque<>(List.of(answers));
    return request -> {
      asked.add(request);
      String next = left.poll();
      return completion(next == null ? "" : next, Choice.STOP);
    };
  }

  private static Completion completion(@Nullable String content, String reason) {
    return new Completion("m", List.of(new Choice(0, content, null, reason, List.of())), null);
  }

  private static SelfInstruct.Made make(TextTeacher teacher, int wanted, int mostRequests) {
    SelfInstructPlan plan =
        new SelfInstructPlan(wanted, mostRequests, 3, 1, 4, 0.7, 9, InstructionRules.DEFAULT);
    return new SelfInstruct(teacher, "m", Sampling.OF_THE_SERVER, plan).from(SEEDS);
  }

  private String prompt(int request) {
    return asked.get(request).messages().get(0).content();
  }

  @Test
  void whatIsNewIsKept() {
    SelfInstruct.Made made =
        make(
            says(
                "4. Describe how rain forms.\n5. Write a short poem about the deep blue sea!\n"
                    + "6. describe how rain forms\n7. Sing.\n8. Draw a map of your town today.\n"
                    + "9. - Count from one to ten.\n"
                    + "10. How can I improve my time management skills?\n11. "
                    + "word ".repeat(151),
                "1) Compare cats and dogs as pets.\n2) Invent a game for rainy days."),
            3,
            10);

    assertThat(made.prompts())
        .extracting(Prompt::text)
        .containsExactly(
            "Describe how rain forms.",
            "Compare cats and dogs as pets.",
            "Invent a game for rainy days.");
    assertThat(made.requests()).isEqualTo(2);
    assertThat(made.dropped())
        .hasToString(
            "7 (duplicate 1, similar 1, evaluation-set 1, too-short 1, too-long 1, keyword 1,"
                + " begins-oddly 1)");
    for (Prompt seed : SEEDS) {
      assertThat(prompt(0)).contains(seed.text());
    }
    // One of its own, and what is left of the seeds.
    assertThat(prompt(1)).contains("Describe how rain forms.", "numbered from 4");
  }

  @Test
  void itStopsWhenNothingComes() {
    SelfInstruct.Made made = make(says("I would rather not."), 3, 5);

    assertThat(made.prompts()).isEmpty();
    assertThat(made.requests()).isEqualTo(5);
    assertThat(made.dropped().count(DropReason.UNREADABLE)).isEqualTo(5);
  }

  @Test
  void whatWasCutOffOrRefusedIsLeftOut() {
    Deque<Completion> answers =
        new ArrayDeque<>(
            List.of(
                completion("4. Describe how rain forms.\n5. Compare cats and", Choice.LENGTH),
                completion(null, Choice.STOP),
                completion("4. Compare cats and dogs.", Choice.FILTERED)));
    SelfInstruct.Made made = make(request -> answers.remove(), 5, 3);

    assertThat(made.prompts()).extracting(Prompt::text).containsExactly("Describe how rain forms.");
    assertThat(made.dropped()).hasToString("3 (refused 2, truncated 1)");
  }

  @Test
  void theSameSeedMakesTheSame() {
    make(says("4. Describe how rain forms.", "4. Compare cats and dogs as pets."), 2, 4);
    List<ChatRequest> first = List.copyOf(asked);
    asked.clear();
    make(says("4. Describe how rain forms.", "4. Compare cats and dogs as pets."), 2, 4);

    assertThat(asked).isEqualTo(first);
  }

  /** Every two of those kept, by the plain definition. */
  @Test
  void noTwoAreAlike() {
    Random random = new Random(4);
    TextTeacher babbling =
        request -> {
          StringBuilder text = new StringBuilder();
          for (int i = 1; i <= 8; i++) {
            text.append(i).append('.');
            for (int j = 0; j < 6; j++) {
              text.append(" w").append(random.nextInt(6));
            }
            text.append('\n');
          }
          return completion(text.toString(), Choice.STOP);
        };
    SelfInstruct.Made made = make(babbling, 1000, 40);

    List<Prompt> kept = made.prompts();
    assertThat(kept).hasSizeGreaterThan(5);
    assertThat(kept.size() + made.dropped().total()).isEqualTo(320);
    for (int i = 0; i < kept.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(RougeL.score(RougeL.words(kept.get(i).text()), RougeL.words(kept.get(j).text())))
            .isLessThan(0.7);
      }
    }
  }

  @Test
  void seedsMustBeFit() {
    SelfInstruct instruct =
        new SelfInstruct(says(), "m", Sampling.OF_THE_SERVER, SelfInstructPlan.of(3, 1));
    assertThatThrownBy(() -> instruct.from(List.of()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("seeds");
    assertThatThrownBy(
            () ->
                instruct.from(
                    List.of(Prompt.of(1, "How can I improve my time management skills?"))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("Vicuna");
    assertThat(asked).isEmpty();
  }

  @Test
  void listsWithinItemsStayThere() {
    assertThat(
            NumberedList.items(
                "Sure!\n\n3. Order these:\n1. pear\n2. plum\n4) Next\nline\n 5: Last", false))
        .containsExactly("Order these:\n1. pear\n2. plum", "Next\nline", "Last");
    assertThat(NumberedList.items("no list", false)).isEmpty();
    assertThat(NumberedList.items("1. one\n2. tw", true)).containsExactly("one");
  }

  /** A cache would answer the second of two equal requests, and for ever. */
  @Test
  void noTwoRequestsAreTheSame() {
    make(says("No.", "No.", "No.", "No."), 3, 8);

    assertThat(asked).hasSize(8).doesNotHaveDuplicates();
    assertThat(asked).extracting(each -> each.sampling().seed()).contains(9L, 10L, 16L);
  }

  @Test
  void aSeedOfTheSamplingIsGoneOnFrom() {
    Sampling seeded = new Sampling(null, null, null, null, 70L, null, null);
    new SelfInstruct(
            says(),
            "m",
            seeded,
            new SelfInstructPlan(3, 2, 3, 1, 4, 0.7, 9, InstructionRules.DEFAULT))
        .from(SEEDS);

    assertThat(asked).extracting(each -> each.sampling().seed()).containsExactly(70L, 71L);
  }

  @Test
  void aTeacherThatRunsDryIsAnError() {
    assertThatThrownBy(() -> make(says("4. Describe how rain forms."), 3, 1000))
        .isInstanceOf(BadInputException.class)
        .hasMessageContainingAll("20 requests in a row", "1 of 3");
    assertThat(asked).hasSize(21);
  }

  @Test
  void seedsThatAreAlikeAreBothComparedWith() {
    List<Prompt> alike =
        List.of(
            Prompt.of(1, "Write one short and funny story about big cats"),
            Prompt.of(2, "Write one short and funny story about old ships at sea"));
    String like = "Tell me one funny story about old ships at sea";
    assertThat(likeness(alike.get(0).text(), alike.get(1).text())).isGreaterThanOrEqualTo(0.7);
    assertThat(likeness(alike.get(0).text(), like)).isLessThan(0.7);
    assertThat(likeness(alike.get(1).text(), like)).isGreaterThanOrEqualTo(0.7);

    SelfInstructPlan plan = new SelfInstructPlan(1, 1, 3, 1, 4, 0.7, 9, InstructionRules.DEFAULT);
    SelfInstruct.Made made =
        new SelfInstruct(says("4. " + like), "m", Sampling.OF_THE_SERVER, plan).from(alike);

    assertThat(made.prompts()).isEmpty();
    assertThat(made.dropped()).hasToString("1 (similar 1)");
  }

  private static double likeness(String a, String b) {
    return RougeL.score(RougeL.words(a), RougeL.words(b));
  }

  @Test
  void anAnswerThatIsCutOffBeforeItBeginsIsNoRefusal() {
    SelfInstruct.Made made = make(request -> completion(null, Choice.LENGTH), 5, 1);

    assertThat(made.dropped()).hasToString("1 (truncated 1)");
  }

  @Test
  void itemsStandWhereTheFirstDoes() {
    assertThat(
            NumberedList.items(
                "1. Order these:\n   2. pear\n   3. plum\n2. Next\n\n   with more\n3. Last", false))
        .containsExactly("Order these:\n   2. pear\n   3. plum", "Next\n\n   with more", "Last");
    // Numbers that are aligned to the right.
    assertThat(NumberedList.items(" 9. nine\n10. ten\n11. eleven", false))
        .containsExactly("nine", "ten", "eleven");
  }

  @Test
  void aNumberWithAPointInItIsNoItem() {
    assertThat(NumberedList.items("1. Round these:\n2.71 and\n3.14\n2. Last", false))
        .containsExactly("Round these:\n2.71 and\n3.14", "Last");
  }

  @Test
  void whatFollowsTheListIsNoPartOfIt() {
    assertThat(NumberedList.items("1. One\n2. Two\n\n   still two\n\nI hope that helps!", false))
        .containsExactly("One", "Two\n\n   still two");
  }

  @Test
  void emphasisAndQuotesAreTakenOff() {
    assertThat(
            NumberedList.items(
                "1. **Write a poem.**\n2. \"Name a river.\"\n3. **Task:** count to *ten*.\n"
                    + "4. \u201cSing.\u201d\n5. \"Yes\" or \"no\"\n6. *\"Both\"*\n7. `a` and `b`\n8. __x__",
                false))
        .containsExactly(
            "Write a poem.",
            "Name a river.",
            "Task: count to *ten*.",
            "Sing.",
            "\"Yes\" or \"no\"",
            "Both",
            "`a` and `b`",
            "x");
  }

  @Test
  void longItemsAreReadToo() {
    String text = "word ".repeat(50_000).strip();

    assertThat(NumberedList.items("1. **" + text + "**\n2. *" + text + "\n\n\n", false))
        .containsExactly(text, "*" + text);
  }
}
