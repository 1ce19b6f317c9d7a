package dev.assay.engine.lowrank;

import java.util.List;

/**
 * A stored weight, and what the model's loss rises by with it alone a product of two.
 *
 * @param layer position of its layer in the model
 * @param linears that are stored in it
 * @param out rows
 * @param in columns
 * @param rises nats a token, for each share of its parameters that is looked at
 */
record WeightLosses(int layer, List<String> linears, long out, long in, List<Double> rises) {
  WeightLosses {
    linears = List.copyOf(linears);
    rises = List.copyOf(rises);
  }

  /** Numbers that it has. */
  long parameters() {
    return out * in;
  }
}
