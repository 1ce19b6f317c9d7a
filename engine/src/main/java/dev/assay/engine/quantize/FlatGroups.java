package dev.assay.engine.quantize;

import dev.assay.engine.weight.GridForm;
import java.util.Optional;

/**
 * Groups of weights of the flattened matrix, which go across rows where they are taken down its
 * columns or a row is no whole number of them.
 *
 * @param groupSize weights of a group, or {@link GridForm#PER_CHANNEL}
 * @param alongRows whether a group's weights follow one another, and are not taken down a column
 */
public record FlatGroups(int groupSize, boolean alongRows) {
  /** Whether no group goes across rows of so many columns. */
  public boolean inRows(long columns) {
    return alongRows && (groupSize == GridForm.PER_CHANNEL || columns % groupSize == 0);
  }

  /**
   * The note of a linear that cannot have such groups and is left as it is, if so.
   *
   * @param sharesTensor whether it is stored as one weight with others, from whose rows its own
   *     cannot be told where groups go across them
   */
  public Optional<String> obstacle(long rows, long columns, boolean sharesTensor) {
    if (inRows(columns)) {
      return Optional.empty();
    }
    if (rows * columns % groupSize != 0) {
      return Optional.of(
          "left as it is: %d weights are no whole groups of %d"
              .formatted(rows * columns, groupSize));
    }
    return sharesTensor
        ? Optional.of(
            "left as it is: groups of %d go across rows, which are stored as one weight with others'"
                .formatted(groupSize))
        : Optional.empty();
  }
}
