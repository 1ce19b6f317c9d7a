package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LossSurvey;
import dev.assay.engine.weight.LowRankWeight;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a weight is factored. */
@FunctionalInterface
interface Factoring {
  /**
   * What a weight is, and what its inputs tell.
   *
   * @param layer position of its layer in the model
   * @param linears that are stored in it
   * @param inputs those of the uncompressed model; nothing where nothing is asked for
   * @param behind those behind the compressed layers before; nothing where they are not asked for
   */
  record Seen(
      int layer,
      List<String> linears,
      @Nullable GroupStatistics inputs,
      @Nullable GroupStatistics behind) {
    /** That of a weight of the model as it is before the stage. */
    static Seen of(LossSurvey.Shown shown) {
      return new Seen(shown.layer(), shown.linears(), shown.inputs(), null);
    }

    /** What its inputs tell. */
    GroupStatistics told() {
      return Objects.requireNonNull(inputs, "statistics");
    }

    /** What its inputs behind compressed layers tell. */
    GroupStatistics toldBehind() {
      return Objects.requireNonNull(behind, "statistics behind compressed layers");
    }
  }

  /** Factors of a weight. */
  LowRankWeight factor(LowRankSolver solver, NDManager owner, NDArray weight, Seen seen, long rank);

  /** Why it cannot go by what is seen, if it cannot. */
  default Optional<String> lack(Seen seen) {
    return Stream.of(Optional.ofNullable(seen.inputs()), Optional.ofNullable(seen.behind()))
        .flatMap(Optional::stream)
        .flatMap(each -> each.tooFew().stream())
        .findFirst();
  }
}
