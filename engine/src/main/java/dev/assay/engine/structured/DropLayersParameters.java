package dev.assay.engine.structured;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whole layers go: those that turn hidden states least, some in a row that together do, or those
 * that are named.
 *
 * @param remove how many
 * @param layers their numbers, from 0, in place of a choice; null for one
 * @param keep numbers of those that stay, from 0, in place of a choice; null for one
 * @param every of how many in a row the first stays alone, in place of a choice; null for one
 * @param by what chooses them
 * @param tokens of a sample, whose states are looked at for angles
 * @param again whether influences are found anew once a layer is gone
 * @param recovery how the layer before makes up for them; null for not at all
 * @see <a href="https://arxiv.org/abs/2403.03853">Men et al. 2024, ShortGPT</a>
 * @see <a href="https://arxiv.org/abs/2403.17887">Gromov et al. 2024</a>
 */
public record DropLayersParameters(
    @Default("1") @Describe("how many layers go") int remove,
    @Describe("the numbers of those that go, from 0, in place of a choice")
        @Nullable List<Integer> layers,
    @Describe("the numbers of those that stay, from 0, in place of a choice")
        @Nullable List<Integer> keep,
    @Describe("of so many in a row the first stays alone, in place of a choice")
        @Nullable Integer every,
    @Default("influence")
        @Describe("what chooses: each layer's influence, or the angle that some in a row make")
        By by,
    @Default("last") @Describe("whose angles count: the last token's of a sample, or all")
        Tokens tokens,
    @Default("false") @Describe("find influences anew once a layer is gone") boolean again,
    @Describe("how the layer before those that go makes up for them; not at all if left out")
        @Nullable DepthRefit recovery)
    implements Stage {
  /** How the layer before those that go makes up for them. */
  public enum DepthRefit {
    /** Its last linear gets the weight with which the stream is nearest to what it was. */
    LEAST_SQUARES
  }

  /** What chooses layers. */
  public enum By {
    /** How far each turns hidden states: 1 − cos of what goes in and what comes out. */
    INFLUENCE,
    /** How far some in a row do together. */
    ANGLE
  }

  /** Whose angles count. */
  public enum Tokens {
    /** The last of each sample. */
    LAST,
    /** All. */
    ALL
  }

  public DropLayersParameters {
    Require.atLeast("remove", remove, 1);
    Require.that(
        by == By.ANGLE || tokens == Tokens.LAST,
        "tokens",
        "all",
        "last where influences choose, which are of all tokens anyway");
    Require.that(
        by == By.INFLUENCE || !again,
        "again",
        true,
        "false where some layers in a row go together");
    Require.that(
        Stream.of(layers, keep, every).filter(Objects::nonNull).count() <= 1,
        layers != null ? "layers" : "keep",
        layers != null ? layers + " beside keep or every" : keep + " beside every: " + every,
        "one of layers, keep and every at most");
    layers = layers == null ? null : numbers("layers", layers);
    keep = keep == null ? null : numbers("keep", keep);
    if (every != null) {
      Require.atLeast("every", every, 2);
    }
    if (layers != null || keep != null || every != null) {
      Require.that(
          remove == 1 && by == By.INFLUENCE && !again,
          layers != null ? "layers" : keep != null ? "keep" : "every",
          layers != null ? layers : keep != null ? keep : String.valueOf(every),
          "none where remove, by or again choose them");
    }
    Require.that(
        recovery == null || (keep == null && every == null),
        "recovery",
        String.valueOf(recovery),
        "none where keep or every copy layers, which are trained then; layers names those that go");
  }

  private static List<Integer> numbers(String key, List<Integer> given) {
    List<Integer> numbers = List.copyOf(given);
    Require.that(!numbers.isEmpty(), key, numbers, "at least one");
    Require.that(numbers.stream().allMatch(each -> each >= 0), key, numbers, "numbers from 0");
    Require.that(
        numbers.stream().distinct().count() == numbers.size(), key, numbers, "each but once");
    return numbers;
  }

  /** What stays is as it was. */
  public DropLayersParameters(
      int remove, @Nullable List<Integer> layers, By by, Tokens tokens, boolean again) {
    this(remove, layers, by, tokens, again, null);
  }

  /** Of layers that go, not of those that stay. */
  public DropLayersParameters(
      int remove,
      @Nullable List<Integer> layers,
      By by,
      Tokens tokens,
      boolean again,
      @Nullable DepthRefit recovery) {
    this(remove, layers, null, null, by, tokens, again, recovery);
  }

  /** Whether the recipe says which layers go. */
  boolean names() {
    return layers != null || keep != null || every != null;
  }

  /**
   * Those that go as the recipe says it, in its order; empty where it does not say it.
   *
   * @param depth layers that there are
   */
  List<Integer> named(int depth) {
    if (layers != null) {
      return layers;
    }
    List<Integer> kept = keep;
    Integer step = every;
    if (kept != null) {
      return IntStream.range(0, depth).filter(each -> !kept.contains(each)).boxed().toList();
    }
    return step == null
        ? List.of()
        : IntStream.range(0, depth).filter(each -> each % step != 0).boxed().toList();
  }

  /**
   * How many go, whoever chooses.
   *
   * @param depth layers that there are
   */
  int count(int depth) {
    return names() ? named(depth).size() : remove;
  }

  /** How many go at least, of any model. */
  int least() {
    return layers == null ? remove : layers.size();
  }
}
