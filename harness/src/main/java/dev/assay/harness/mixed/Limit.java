package dev.assay.harness.mixed;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.mixed.Budget;
import dev.assay.engine.mixed.Sensitivity;
import dev.assay.engine.mixed.Widths;
import dev.assay.engine.torch.DType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What somebody wants a model to keep to. */
public sealed interface Limit {
  /**
   * The best widths.
   *
   * @param costs what each width does
   * @param fit how what stands beside the linears is stored
   * @param dense whether linears may stay as they are
   * @throws dev.assay.engine.config.BadInputException if nothing fits
   */
  Chosen search(Checkpoint source, List<Sensitivity> costs, Fit fit, boolean dense);

  /**
   * How linears and what stands beside them is rounded.
   *
   * @param groupSize columns that share a scale
   * @param embedding bits of the embedding, where it is rounded
   * @param head bits of the head, where it is rounded
   */
  record Fit(int groupSize, OptionalInt embedding, OptionalInt head) {}

  /** The best widths under a budget. */
  record Chosen(Budget budget, Widths widths) {}

  /**
   * Mean bits of codes.
   *
   * @param mean most
   */
  record Mean(double mean) implements Limit {
    @Override
    public Chosen search(Checkpoint source, List<Sensitivity> costs, Fit fit, boolean dense) {
      Budget budget = new Budget.MeanBits(mean);
      return new Chosen(budget, budget.search(costs, bits(dense, WidthSearch.type(source))));
    }
  }

  /**
   * Bytes of the weight files.
   *
   * @param bytes most
   */
  record Files(long bytes) implements Limit {
    @Override
    public Chosen search(Checkpoint source, List<Sensitivity> costs, Fit fit, boolean dense) {
      Budget budget = room(source, costs, fit).files(bytes);
      return new Chosen(budget, budget.search(costs, bits(dense, WidthSearch.type(source))));
    }
  }

  /**
   * Memory of a process that generates.
   *
   * @param bytes most
   * @param context tokens whose keys and values are kept
   * @param reserve bytes for all else
   * @param type of the arithmetic
   */
  record Memory(long bytes, long context, long reserve, DType type) implements Limit {
    @Override
    public Chosen search(Checkpoint source, List<Sensitivity> costs, Fit fit, boolean dense) {
      Budget budget = room(source, costs, fit).memory(bytes, context, reserve, type);
      return new Chosen(budget, budget.search(costs, bits(dense, type)));
    }
  }

  private static Room room(Checkpoint source, List<Sensitivity> costs, Fit fit) {
    return WidthSearch.room(source, costs, fit.groupSize(), fit.embedding(), fit.head());
  }

  private static Optional<Integer> bits(boolean dense, DType type) {
    return dense ? Optional.of(type.bytes() * Byte.SIZE) : Optional.empty();
  }
}
