package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** How far weights that are tried move outputs from those of the original weights. */
interface OutputLoss {
  /** Batches of text that there are. */
  int batches();

  /**
   * The squared differences on some batches.
   *
   * @param scope manager of what is needed on the way
   * @param tried weights in place of the original ones, float32 [out, in] each
   * @param from first batch
   * @param to end of the batches
   */
  List<CandidateRace.Loss> of(NDManager scope, List<NDArray> tried, int from, int to);
}
