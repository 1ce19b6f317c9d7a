package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.model.ModelSpec;
import java.util.List;
import java.util.stream.IntStream;

/** What the loss of a model feels of its linears, for tests elsewhere. */
public final class FisherFindings {
  private final FisherInformation information;

  private FisherFindings(FisherInformation information) {
    this.information = information;
  }

  public static FisherFindings of(GradientSurvey survey) {
    return new FisherFindings(FisherInformation.of(survey));
  }

  /**
   * Of a linear stored by itself.
   *
   * @param linear its full name
   */
  public NDArray rowWeights(NDManager owner, ModelSpec spec, String linear) {
    int layer =
        IntStream.range(0, spec.main().depth())
            .filter(each -> linear.startsWith(spec.names().inLayer(each, "")))
            .findFirst()
            .orElseThrow();
    String name = linear.substring(spec.names().inLayer(layer, "").length());
    return information.rowWeights(owner, layer, List.of(name));
  }
}
