package dev.assay.leaderboard.site.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A figure of every linear, by layer.
 *
 * @param title what the figures are
 * @param linears heads of the columns
 * @param layers lines
 */
public record LayerMatrix(String title, List<String> linears, List<Layer> layers) {
  public LayerMatrix {
    linears = List.copyOf(linears);
    layers = List.copyOf(layers);
  }

  /**
   * @param index index of the decoder layer
   * @param cells one for each linear
   */
  public record Layer(int index, List<Cell> cells) {
    public Layer {
      cells = List.copyOf(cells);
    }
  }

  /**
   * @param text the figure, or a dash
   * @param heat 0 for the smallest of the table to 9 for the largest
   * @param note anything unusual
   */
  public record Cell(String text, int heat, @Nullable String note) {}
}
