package dev.assay.engine.structured;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole layers go: those that turn hidden states least, some in a row that together do, or those
 * that are named.
 *
 * @param remove how many
 * @param layers their numbers, from 0, in place of a choice; null for one
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
    if (layers != null) {
      layers = List.copyOf(layers);
      Require.that(!layers.isEmpty(), "layers", layers, "at least one");
      Require.that(layers.stream().allMatch(each -> each >= 0), "layers", layers, "numbers from 0");
      Require.that(
          layers.stream().distinct().count() == layers.size(), "layers", layers, "each but once");
      Require.that(
          remove == 1 && by == By.INFLUENCE && !again,
          "layers",
          layers,
          "none where remove, by or again choose them");
    }
  }

  /** What stays is as it was. */
  public DropLayersParameters(
      int remove, @Nullable List<Integer> layers, By by, Tokens tokens, boolean again) {
    this(remove, layers, by, tokens, again, null);
  }

  /** How many go, whoever chooses. */
  int count() {
    return layers == null ? remove : layers.size();
  }
}
