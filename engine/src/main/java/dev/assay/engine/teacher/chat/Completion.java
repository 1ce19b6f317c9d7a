package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.Require;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A teacher's answers to one request.
 *
 * @param model the model that answered, which may be a dated form of the one asked for; null if the
 *     server does not say
 * @param choices the answers by index; not empty
 * @param usage tokens counted; null if the server does not say
 */
public record Completion(@Nullable String model, List<Choice> choices, @Nullable Usage usage) {
  public Completion {
    Require.that(!choices.isEmpty(), "choices", "none", "at least one answer");
    choices = choices.stream().sorted(Comparator.comparingInt(Choice::index)).toList();
  }

  /** The first answer. */
  public Choice first() {
    return choices.get(0);
  }

  /** With another text in place of every text. */
  Completion map(UnaryOperator<String> change) {
    return new Completion(
        model == null ? null : change.apply(model),
        choices.stream().map(choice -> choice.map(change)).toList(),
        usage);
  }
}
