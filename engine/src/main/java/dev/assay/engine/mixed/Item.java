package dev.assay.engine.mixed;

import java.util.List;

/**
 * What gets one width: a linear, or several that are stored as one weight.
 *
 * @param linears full names, for example {@code model.layers.0.mlp.up_proj}
 * @param out rows of all
 * @param in columns
 */
public record Item(List<String> linears, long out, long in) {
  public Item {
    linears = List.copyOf(linears);
  }

  /** Number of weights. */
  public long weights() {
    return out * in;
  }

  /** The first of its names, for people. */
  public String label() {
    return linears.size() == 1 ? linears.get(0) : linears.get(0) + " and others";
  }
}
