package dev.assay.engine.run;

import java.util.List;

/**
 * How large the values are that a linear takes in, after what is exact is done to them (a rotation)
 * and before they are rounded.
 *
 * @param layer index of the layer
 * @param linear name within the layer
 * @param tokens that came by; of an expert those that the router sent
 * @param absmax greatest magnitude of a value; 0 where no token came by
 * @param median of the magnitudes, of two in the middle the lower; 0 where no token came by
 * @param channels those of the greatest magnitudes, most first
 */
public record InputMagnitude(
    int layer, String linear, long tokens, double absmax, double median, List<Channel> channels) {
  public InputMagnitude {
    channels = List.copyOf(channels);
  }

  /**
   * @param channel index of the feature
   * @param absmax its greatest magnitude
   */
  public record Channel(int channel, double absmax) {}
}
