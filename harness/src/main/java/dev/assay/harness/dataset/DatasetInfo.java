package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Names;
import java.util.List;

/**
 * What a dataset is.
 *
 * @param name as suites write it
 * @param description one sentence
 * @param source where the text is read from
 * @param licence of the text
 * @param splits its splits with their hashes
 */
public record DatasetInfo(
    String name, String description, String source, String licence, List<Split> splits) {

  /**
   * A split that is known before it is read.
   *
   * @param name {@code train}, {@code validation}, {@code test}, or {@code all}
   * @param sha256 of the text in UTF-8, in hex
   * @param bytes length of the text in UTF-8
   */
  public record Split(String name, String sha256, long bytes) {}

  public DatasetInfo {
    splits = List.copyOf(splits);
    if (splits.isEmpty()) {
      throw new IllegalArgumentException(name + ": a dataset has at least one split");
    }
  }

  /**
   * The split of that name.
   *
   * @throws BadInputException if there is none
   */
  public Split split(String wanted) {
    return splits.stream()
        .filter(split -> split.name().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    "dataset %s: found split '%s', %s"
                        .formatted(name, wanted, names().expectedInsteadOf(wanted))));
  }

  private Names names() {
    return new Names(splits.stream().map(Split::name).toList());
  }
}
