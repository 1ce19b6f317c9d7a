package dev.assay.engine.model;

import java.util.List;

/**
 * Linears of a decoder layer that share an input. Methods work from this description and so never
 * know a family.
 *
 * @param linears names within the layer, in the order in which their outputs are concatenated
 * @param source what produces the input
 * @param inspected the module that shows what a change does
 */
public record LinearGroup(List<String> linears, Source source, Inspected inspected) {
  public LinearGroup {
    linears = List.copyOf(linears);
    if (linears.isEmpty()) {
      throw new IllegalArgumentException("a group has at least one linear");
    }
  }
}
