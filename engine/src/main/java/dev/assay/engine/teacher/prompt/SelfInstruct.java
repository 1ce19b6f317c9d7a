package dev.assay.engine.teacher.prompt;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.chat.ChatRequest;
import dev.assay.engine.teacher.chat.Choice;
import dev.assay.engine.teacher.chat.Sampling;
import dev.assay.engine.teacher.chat.TextTeacher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Has a model write instructions after the manner of some seeds (self-instruct, Wang et al. 2023,
 * arXiv 2212.10560): each request shows a few, seeds and the model's own, and asks for more; what
 * comes is filtered, and kept if it is unlike all seeds and all that was kept. One request follows
 * another, so that what is kept depends on seed and answers alone, and with a cache a second run
 * makes the same. Each has a seed of its own, or the cache would answer one that is equal to an
 * earlier one, and so the next.
 *
 * @param teacher who writes
 * @param model its name
 * @param sampling how it draws; with a temperature of 0 it soon repeats itself. The first request
 *     has its seed, or the plan's if it has none, and each further one the next
 * @param plan how much of what
 */
public record SelfInstruct(
    TextTeacher teacher, String model, Sampling sampling, SelfInstructPlan plan) {

  private static final int MOST_FRUITLESS = 20;

  /**
   * What was made.
   *
   * @param prompts the instructions, seeds not among them; fewer than wanted if the requests did
   *     not suffice
   * @param requests how many there were
   * @param dropped what was made and not kept
   */
  public record Made(List<Prompt> prompts, int requests, Drops dropped) {
    public Made {
      prompts = List.copyOf(prompts);
    }
  }

  /**
   * Makes instructions.
   *
   * @param seeds at least one, none of an evaluation set
   * @throws BadInputException if they are not such, or nothing is kept of 20 requests in a row
   */
  public Made from(List<Prompt> seeds) {
    List<String> texts = seeds.stream().map(Prompt::text).filter(each -> !each.isBlank()).toList();
    if (texts.isEmpty()) {
      throw new BadInputException("seeds: found none, expected at least one instruction");
    }
    EvaluationSets.known().requireNone("seeds", seeds);
    Novelty novelty = new Novelty(plan.similarity());
    texts.forEach(novelty::include);
    Drops dropped = new Drops();
    List<String> made = new ArrayList<>();
    Random random = new Random(plan.seed());
    int requests = 0;
    int fruitless = 0;
    while (made.size() < plan.wanted() && requests < plan.mostRequests()) {
      ChatRequest request = request(shown(texts, made, random), requests);
      requests++;
      int before = made.size();
      for (Choice choice : teacher.complete(request).choices()) {
        take(choice, novelty, made, dropped);
      }
      fruitless = made.size() > before ? 0 : fruitless + 1;
      requireFruit(fruitless, made.size(), dropped);
    }
    List<Prompt> prompts = new ArrayList<>();
    for (String text : made.subList(0, Math.min(made.size(), plan.wanted()))) {
      prompts.add(Prompt.of(prompts.size() + 1, text));
    }
    return new Made(prompts, requests, dropped);
  }

  private void requireFruit(int fruitless, int made, Drops dropped) {
    if (fruitless >= MOST_FRUITLESS) {
      throw new BadInputException(
          "seeds: found nothing to keep in "
              + fruitless
              + " requests in a row, with "
              + made
              + " of "
              + plan.wanted()
              + " instructions made and dropped "
              + dropped
              + ", expected new ones: want fewer, give more seeds or raise the temperature");
    }
  }

  private List<String> shown(List<String> seeds, List<String> made, Random random) {
    int own = Math.min(plan.ownShown(), made.size());
    List<String> shown = new ArrayList<>(drawn(made, own, random));
    shown.addAll(drawn(seeds, Math.min(plan.shown() - own, seeds.size()), random));
    Collections.shuffle(shown, random);
    return shown;
  }

  private static List<String> drawn(List<String> from, int count, Random random) {
    List<String> shuffled = new ArrayList<>(from);
    Collections.shuffle(shuffled, random);
    return shuffled.subList(0, count);
  }

  private ChatRequest request(List<String> shown, int number) {
    StringBuilder text =
        new StringBuilder(
            "Below is a numbered list of tasks for an assistant that reads and writes text.\n\n");
    for (int i = 0; i < shown.size(); i++) {
      text.append(i + 1).append(". ").append(shown.get(i).strip()).append('\n');
    }
    text.append("\nGo on with ")
        .append(plan.asked())
        .append(" more tasks, numbered from ")
        .append(shown.size() + 1)
        .append(
            ". Each is to be complete in itself and unlike all others in subject, form and wording."
                + " Write the list alone.");
    long first = sampling.seed() == null ? plan.seed() : sampling.seed();
    return new ChatRequest(
        model, List.of(ChatMessage.user(text.toString())), sampling.withSeed(first + number));
  }

  private void take(Choice choice, Novelty novelty, List<String> made, Drops dropped) {
    String content = choice.content();
    boolean cutOff = Choice.LENGTH.equals(choice.finishReason());
    if (content == null || Choice.FILTERED.equals(choice.finishReason())) {
      dropped.add(cutOff ? DropReason.TRUNCATED : DropReason.REFUSED);
      return;
    }
    List<String> items = NumberedList.items(content, cutOff);
    if (items.isEmpty()) {
      dropped.add(DropReason.UNREADABLE);
    } else if (cutOff) {
      dropped.add(DropReason.TRUNCATED);
    }
    for (String item : items) {
      fault(item).or(() -> novelty.admit(item)).ifPresentOrElse(dropped::add, () -> made.add(item));
    }
  }

  private Optional<DropReason> fault(String item) {
    return plan.rules()
        .fault(item)
        .or(
            () ->
                EvaluationSets.known()
                    .titleOf(Prompt.of(1, item))
                    .map(title -> DropReason.EVALUATION_SET));
  }
}
