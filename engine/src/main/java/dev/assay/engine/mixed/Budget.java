package dev.assay.engine.mixed;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.weight.GridForm;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the widths of all items together may take. */
public sealed interface Budget {
  /** What an item takes with a width, in the budget's unit. */
  long size(Item item, int bits);

  /** Most of all sizes together. */
  long capacity(List<Item> items);

  /** In words, with its unit. */
  String words();

  /**
   * The least budget in words of its unit under which there are widths, and what it is made of.
   *
   * @param least sum of the sizes of the narrowest widths
   */
  String least(long least, List<Item> items);

  /**
   * Makes sure that some widths fit, before anybody measures what they cost.
   *
   * @param widths bits that items may get
   * @throws BadInputException if even the narrowest take more; says how much
   */
  default void requireFits(List<Item> items, Collection<Integer> widths) {
    long least =
        items.stream()
            .mapToLong(
                item -> widths.stream().mapToLong(bits -> size(item, bits)).min().orElseThrow())
            .sum();
    if (least > capacity(items)) {
      throw tooSmall(least, items);
    }
  }

  private BadInputException tooSmall(long least, List<Item> items) {
    return new BadInputException(
        "budget: found %s, expected at least %s".formatted(words(), least(least, items)));
  }

  /**
   * Mean bits a weight, of codes alone.
   *
   * @param mean most
   */
  record MeanBits(double mean) implements Budget {
    @Override
    public long size(Item item, int bits) {
      return bits * item.weights();
    }

    @Override
    public long capacity(List<Item> items) {
      return (long) Math.floor(mean * items.stream().mapToLong(Item::weights).sum() * (1 + 1e-12));
    }

    @Override
    public String words() {
      return "a mean of " + mean + " bits a weight, of codes alone";
    }

    @Override
    public String least(long least, List<Item> items) {
      double weights = items.stream().mapToLong(Item::weights).sum();
      BigDecimal mean = BigDecimal.valueOf(least / weights).round(new MathContext(4));
      return mean.stripTrailingZeros().toPlainString() + ", the narrowest widths";
    }
  }

  /**
   * Bytes of all, codes with their scales, zeros and orders.
   *
   * @param most bytes
   * @param fixed bytes of what no width changes
   * @param groupSize columns that share a scale; -1 for the whole row
   * @param scaleBytes of a scale with its zero
   * @param what the bytes are, for people
   */
  record Bytes(long most, long fixed, int groupSize, int scaleBytes, String what)
      implements Budget {
    /** Of the entries of an item's tensors in a file's header; generous. */
    private static final long HEADER = 1024;

    @Override
    public long size(Item item, int bits) {
      if (bits >= 2 * Byte.SIZE) {
        return item.weights() * bits / Byte.SIZE;
      }
      long groups = groupSize == GridForm.PER_CHANNEL ? 1 : (item.in() + groupSize - 1) / groupSize;
      long words = (item.in() * bits + Integer.SIZE - 1) / Integer.SIZE;
      return item.out() * words * Integer.BYTES
          + item.out() * groups * scaleBytes
          + item.in() * Integer.BYTES
          + HEADER * item.linears().size();
    }

    @Override
    public long capacity(List<Item> items) {
      return most - fixed;
    }

    @Override
    public String words() {
      return String.format(Locale.ROOT, "%,d bytes of %s", most, what);
    }

    @Override
    public String least(long least, List<Item> items) {
      return String.format(
          Locale.ROOT,
          "%,d: %,d are none of the linears', and these take %,d with the narrowest widths",
          fixed + least,
          fixed,
          least);
    }
  }

  /**
   * The widths of least cost that it allows.
   *
   * @param dense bits of a weight that stays as it is, which does no harm; nothing where none may
   * @throws BadInputException if even the narrowest take more; says how much
   */
  default Widths search(List<Sensitivity> measured, Optional<Integer> dense) {
    List<Item> items = measured.stream().map(Sensitivity::item).toList();
    List<List<Option>> options = new ArrayList<>();
    for (Sensitivity each : measured) {
      List<Option> its = new ArrayList<>();
      for (Map.Entry<Integer, Double> cost : each.costs().entrySet()) {
        its.add(new Option(cost.getKey(), size(each.item(), cost.getKey()), cost.getValue()));
      }
      dense.ifPresent(bits -> its.add(new Option(bits, size(each.item(), bits), 0)));
      options.add(its);
    }
    Allocator allocator = new Allocator(options, capacity(items));
    Allocation best = allocator.best().orElseThrow(() -> tooSmall(allocator.least(), items));
    return new Widths(items, best, capacity(items));
  }
}
