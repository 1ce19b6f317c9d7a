package dev.assay.engine.teacher.chat;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What requests would take, before any is sent.
 *
 * @param requests that would be sent; what is asked twice is sent once
 * @param cached that the cache would answer
 * @param promptTokens of those that would be sent, by a tokenizer of ours, where the server's own
 *     may count otherwise; empty if none is known
 * @param mostCompletionTokens of their answers if every one ran to its limit; they may be as few as
 *     none. Empty if some have no limit
 * @param price what tokens cost; null if nobody said
 */
public record Estimate(
    long requests,
    long cached,
    OptionalLong promptTokens,
    OptionalLong mostCompletionTokens,
    @Nullable Price price) {

  /**
   * Estimates, and sends nothing.
   *
   * @param base where the teacher is
   * @param counter the teacher's tokenizer; null if it is not known
   */
  public static Estimate of(
      URI base,
      List<ChatRequest> requests,
      CompletionCache cache,
      @Nullable PromptCounter counter,
      @Nullable Price price) {
    Set<String> seen = new HashSet<>();
    long sent = 0;
    long cached = 0;
    long prompts = 0;
    long most = 0;
    boolean bounded = true;
    for (ChatRequest request : requests) {
      if (!seen.add(CompletionCache.key(base, request)) || cache.has(base, request)) {
        cached++;
        continue;
      }
      sent++;
      prompts += counter == null ? 0 : counter.count(request.messages());
      Integer limit = request.sampling().maxTokens();
      bounded &= limit != null;
      most += limit == null ? 0 : (long) limit * request.sampling().answers();
    }
    return new Estimate(
        sent,
        cached,
        counter == null ? OptionalLong.empty() : OptionalLong.of(prompts),
        bounded ? OptionalLong.of(most) : OptionalLong.empty(),
        price);
  }

  /** What the prompts alone cost; empty where that cannot be told. */
  public OptionalDouble leastCost() {
    return price == null || promptTokens.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(price.of(new Usage(promptTokens.getAsLong(), 0)));
  }

  /** What it costs if every answer runs to its limit; empty where that cannot be told. */
  public OptionalDouble mostCost() {
    return price == null || promptTokens.isEmpty() || mostCompletionTokens.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            price.of(new Usage(promptTokens.getAsLong(), mostCompletionTokens.getAsLong())));
  }

  /** The estimate in a few lines, with the reason in place of what cannot be told. */
  public String shown() {
    String prompts =
        promptTokens.isPresent()
            ? Long.toString(promptTokens.getAsLong())
            : "unsupported (the teacher's tokenizer is not known)";
    String answers =
        mostCompletionTokens.isPresent()
            ? "0 to " + mostCompletionTokens.getAsLong()
            : "unsupported (maxTokens is not given)";
    return String.join(
        "\n",
        "requests: " + requests + ", and " + cached + " from the cache or asked before",
        "prompt tokens: " + prompts,
        "completion tokens: " + answers,
        "cost: " + shownCost());
  }

  private String shownCost() {
    if (price == null) {
      return "unsupported (no price is given)";
    } else if (leastCost().isEmpty()) {
      return "unsupported (the prompts' tokens are not known)";
    }
    String least = number(leastCost().getAsDouble());
    return mostCost().isEmpty()
        ? "at least " + least
        : least + " to " + number(mostCost().getAsDouble());
  }

  private static String number(double cost) {
    return String.format(Locale.ROOT, "%.6f", cost);
  }
}
