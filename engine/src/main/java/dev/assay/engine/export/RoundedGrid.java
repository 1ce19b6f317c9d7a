package dev.assay.engine.export;

import dev.assay.engine.checkpoint.NoPlaceException;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;

/**
 * The uniform grid that an export rounds to where it is allowed to: that of {@code rtn}.
 *
 * @param bits bits a code
 * @param groupSize columns that share a scale; {@value GridForm#PER_CHANNEL} for one scale a row
 * @param asked whether the group size was said
 */
record RoundedGrid(int bits, int groupSize, boolean asked) {
  private static final int BITS = 4;
  private static final int GROUP_SIZE = 128;

  /**
   * What options ask for, and 4 bits in groups of 128 where they ask for nothing.
   *
   * @throws BadInputException if the layout has no such grid
   */
  static RoundedGrid of(ExportOptions options, Layout layout) {
    int bits = options.bits().orElse(BITS);
    int groupSize = options.groupSize().orElse(GROUP_SIZE);
    if (!layout.packs(bits)) {
      throw new BadInputException(
          "--bits: found %d, expected what %s packs: %s".formatted(bits, layout, widths(layout)));
    }
    if (groupSize < 1 && groupSize != GridForm.PER_CHANNEL) {
      throw new BadInputException(
          "--group-size: found %d, expected at least 1, or -1 for a scale a row"
              .formatted(groupSize));
    }
    return new RoundedGrid(bits, groupSize, options.groupSize().isPresent());
  }

  /**
   * Makes sure that a group that was asked for is none that no row fills.
   *
   * @param inputs columns of a weight
   * @throws NoPlaceException if it is
   */
  void requireFits(long inputs) {
    if (asked && groupSize > inputs) {
      throw new NoPlaceException(
          "found --group-size %d over %d inputs, expected at most these, or -1 for a scale a row"
              .formatted(groupSize, inputs));
    }
  }

  /** The bits that a layout packs, for messages. */
  static String widths(Layout layout) {
    return switch (layout) {
      case GPTQ -> "2, 3, 4 or 8";
      case AWQ -> "4";
      default -> "1 to 8";
    };
  }

  /**
   * Whether zeros are in the middle; AWQ has zeros of their own, the others load symmetric ones.
   */
  boolean symmetric(boolean awq) {
    return !awq && bits > 1;
  }
}
