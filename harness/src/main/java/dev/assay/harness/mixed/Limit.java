package dev.assay.harness.mixed;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.mixed.Budget;
import dev.assay.engine.mixed.Item;
import dev.assay.engine.mixed.Sensitivity;
import dev.assay.engine.mixed.Widths;
import dev.assay.engine.torch.DType;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/** What somebody wants a model to keep to. */
public sealed interface Limit {
  /** What is left for the widths of a model's linears. */
  Budget budget(Checkpoint source, List<Item> items, Fit fit);

  /** The type of linears that stay as they are. */
  default DType type(Checkpoint source) {
    return WidthSearch.type(source);
  }

  /**
   * Makes sure that some widths fit, before anybody measures what they cost.
   *
   * @param items what gets widths
   * @param widths bits that are tried
   * @throws dev.assay.engine.config.BadInputException if nothing fits
   */
  default void requireFits(
      Checkpoint source, List<Item> items, Collection<Integer> widths, Fit fit) {
    NavigableSet<Integer> all = new TreeSet<>(widths);
    dense(source, fit).ifPresent(all::add);
    budget(source, items, fit).requireFits(items, all);
  }

  /**
   * The best widths.
   *
   * @param costs what each width does
   * @throws dev.assay.engine.config.BadInputException if nothing fits
   */
  default Chosen search(Checkpoint source, List<Sensitivity> costs, Fit fit) {
    Budget budget = budget(source, costs.stream().map(Sensitivity::item).toList(), fit);
    return new Chosen(budget, budget.search(costs, dense(source, fit)));
  }

  private Optional<Integer> dense(Checkpoint source, Fit fit) {
    return fit.dense() ? Optional.of(type(source).bytes() * Byte.SIZE) : Optional.empty();
  }

  /**
   * How linears and what stands beside them is rounded.
   *
   * @param groupSize columns that share a scale
   * @param embedding bits of the embedding, where it is rounded
   * @param head bits of the head, where it is rounded
   * @param dense whether linears may stay as they are
   */
  record Fit(int groupSize, OptionalInt embedding, OptionalInt head, boolean dense) {}

  /** The best widths under a budget. */
  record Chosen(Budget budget, Widths widths) {}

  /**
   * Mean bits of codes.
   *
   * @param mean most
   */
  record Mean(double mean) implements Limit {
    @Override
    public Budget budget(Checkpoint source, List<Item> items, Fit fit) {
      return new Budget.MeanBits(mean);
    }
  }

  /**
   * Bytes of the weight files.
   *
   * @param bytes most
   */
  record Files(long bytes) implements Limit {
    @Override
    public Budget budget(Checkpoint source, List<Item> items, Fit fit) {
      return WidthSearch.room(source, items, fit).files(bytes);
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
    public Budget budget(Checkpoint source, List<Item> items, Fit fit) {
      return WidthSearch.room(source, items, fit).memory(bytes, context, reserve, type);
    }

    @Override
    public DType type(Checkpoint source) {
      return type;
    }
  }
}
