package dev.assay.leaderboard.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How large the values are that a linear takes in, before they are rounded and after a rotation.
 *
 * @param layer index of the decoder layer
 * @param linear name within the layer, for example {@code self_attn.q_proj}
 * @param tokens that came by; of an expert those that the router sent
 * @param absmax greatest magnitude; absent where no token came by
 * @param median of the magnitudes; absent where no token came by
 * @param channels those of the greatest magnitudes, most first
 */
public record LinearInput(
    int layer,
    String linear,
    long tokens,
    @Nullable Double absmax,
    @Nullable Double median,
    List<Channel> channels) {
  public LinearInput {
    String where = "layer %d, %s: ".formatted(layer, linear);
    Magnitude.require(where + "tokens", (double) tokens);
    if ((absmax == null) != (tokens == 0) || (median == null) != (tokens == 0)) {
      throw new IllegalArgumentException(
          where + "found absmax %s and median %s of %d tokens".formatted(absmax, median, tokens));
    }
    if (absmax != null && median != null) {
      Magnitude.require(where + "absmax", absmax);
      Magnitude.require(where + "median", median);
    }
    channels = List.copyOf(channels);
  }

  /**
   * @param channel index of the feature
   * @param absmax its greatest magnitude
   */
  public record Channel(int channel, double absmax) {
    public Channel {
      Magnitude.require("channel", channel);
      Magnitude.require("absmax of channel " + channel, absmax);
    }
  }
}
