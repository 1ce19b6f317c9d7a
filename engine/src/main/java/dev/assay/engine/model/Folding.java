package dev.assay.engine.model;

import java.util.List;

/**
 * Where a factor for each channel can move from the linears that take an activation into what makes
 * it, without changing what the layer computes: {@code W x = (W · s) (x / s)}.
 *
 * @param source what makes the activation, and is divided
 * @param linears all linears of compressed groups that take it, and are multiplied
 * @param group the group at whose input the activation is seen
 * @param inspected the module that shows what a change does
 */
public record Folding(Source source, List<String> linears, int group, Inspected inspected) {
  public Folding {
    linears = List.copyOf(linears);
  }
}
