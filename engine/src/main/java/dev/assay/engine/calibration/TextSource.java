package dev.assay.engine.calibration;

import java.util.List;

/** Where stages that train have texts from, in the model's own tokens. */
@FunctionalInterface
public interface TextSource {
  /** One that has none. */
  TextSource NONE =
      wanted -> {
        throw new IllegalArgumentException(
            "found no source of texts, expected one for " + wanted.dataset());
      };

  /**
   * Disjoint windows of a text, in order, all of one length.
   *
   * @throws dev.assay.engine.config.BadInputException if there is no such text, or it is too short
   */
  List<long[]> windows(WantedText wanted);
}
