package dev.assay.engine.calibration;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.Locale;
import java.util.Set;

/**
 * How much of a model a stage works on.
 *
 * @param linears parameters of the linears that it works on
 * @param model parameters of the whole model, zeros among them
 */
public record ParameterShare(long linears, long model) {
  public ParameterShare {
    if (linears < 1 || linears > model) {
      throw new IllegalArgumentException(
          "found %d parameters of linears, expected at least 1 and at most the model's %d"
              .formatted(linears, model));
    }
  }

  /**
   * That of a selection, by the shapes of its linears.
   *
   * @param parameters of the whole model
   * @param giving those that count
   */
  public static ParameterShare of(
      ModelSpec spec, Selection selection, long parameters, Giving giving) {
    long linears = 0;
    for (Stack stack : spec.stacks()) {
      for (int index = 0; index < stack.depth(); index++) {
        LayerSpec layer = stack.layer(index);
        Set<String> given = giving.of(layer, selection.of(stack, index));
        linears +=
            layer
                .layout()
                .parts()
                .filter(linear -> given.contains(linear.name()))
                .mapToLong(ParameterShare::parameters)
                .sum();
      }
    }
    return new ParameterShare(linears, parameters);
  }

  private static long parameters(Linear linear) {
    return linear.outFeatures() * linear.inFeatures();
  }

  /**
   * The share of the linears' parameters that stays where a share of the model's is to: (keep ·
   * model − rest) / linears.
   *
   * @return 0 or less where the rest alone is more
   */
  public double keptOfLinears(double keep) {
    return (keep * model - (model - linears)) / linears;
  }

  /**
   * The same of a share that leaves something of the linears.
   *
   * @throws BadInputException if the rest of the model is more than is to stay of all
   */
  public double requireKeptOfLinears(double keep) {
    double kept = keptOfLinears(keep);
    if (kept <= 0) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "keep: found %s of the model's parameters, expected more than %.4f: so many are"
                  + " outside of the linears that the stage works on",
              keep,
              (double) (model - linears) / model));
    }
    return kept;
  }

  /** The share of the linears' parameters that goes where a share of the model's is to. */
  public double goneOfLinears(double gone) {
    return gone * model / linears;
  }
}
