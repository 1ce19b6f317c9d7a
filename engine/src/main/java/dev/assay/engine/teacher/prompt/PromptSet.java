package dev.assay.engine.teacher.prompt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Prompts without those that are empty or there already.
 *
 * @param prompts those that stay, in their order
 * @param dropped the others
 */
public record PromptSet(List<Prompt> prompts, Drops dropped) {
  /** A likeness that drops equal prompts only. */
  public static final double EQUAL_ONLY = 2;

  public PromptSet {
    prompts = List.copyOf(prompts);
  }

  /**
   * Goes through prompts; of those of a domain that are alike the first stays.
   *
   * @param similarity ROUGE-L from which two are alike, or {@link #EQUAL_ONLY}
   */
  public static PromptSet of(List<Prompt> prompts, double similarity) {
    Map<String, Novelty> byDomain = new HashMap<>();
    Drops dropped = new Drops();
    List<Prompt> kept = new ArrayList<>();
    for (Prompt prompt : prompts) {
      Optional<DropReason> reason =
          prompt.isBlank()
              ? Optional.of(DropReason.EMPTY)
              : byDomain
                  .computeIfAbsent(
                      Objects.requireNonNullElse(prompt.domain(), ""),
                      unused -> new Novelty(similarity))
                  .admit(prompt.text());
      reason.ifPresentOrElse(dropped::add, () -> kept.add(prompt));
    }
    return new PromptSet(kept, dropped);
  }
}
