package dev.assay.leaderboard.site.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Relative errors by layer and linear.
 *
 * @param stage stage and kind of error
 * @param linears heads of the columns
 * @param layers lines
 */
public record LayerErrors(String stage, List<String> linears, List<Layer> layers) {
  public LayerErrors {
    linears = List.copyOf(linears);
    layers = List.copyOf(layers);
  }

  /**
   * @param index index of the decoder layer
   * @param errors one for each linear
   */
  public record Layer(int index, List<LayerError> errors) {
    public Layer {
      errors = List.copyOf(errors);
    }
  }

  /**
   * @param text the error, or a dash
   * @param heat 0 for the smallest of the table to 9 for the largest
   * @param note anything unusual
   */
  public record LayerError(String text, int heat, @Nullable String note) {}
}
