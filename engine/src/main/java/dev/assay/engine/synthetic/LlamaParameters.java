package dev.assay.engine.synthetic;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.synthetic.Parameter.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of LLaMA: embedding, linears and norms of every layer, final norm, head.
 *
 * @param architecture what it is made of
 */
record LlamaParameters(Architecture architecture) implements ParameterList {

  @Override
  public List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    Shape table = new Shape(architecture.spec().vocabularySize(), architecture.spec().hiddenSize());
    Shape width = new Shape(architecture.spec().hiddenSize());
    add(parameters, architecture.names().embedding(), table, Kind.EMBEDDING);
    for (int i = 0; i < architecture.spec().layers(); i++) {
      int layer = i;
      architecture
          .layout()
          .linears()
          .forEach(
              linear ->
                  add(
                      parameters,
                      architecture.names().inLayer(layer, linear),
                      new Shape(architecture.outFeatures(linear), architecture.inFeatures(linear)),
                      Kind.LINEAR));
      architecture
          .layout()
          .norms()
          .forEach(
              norm ->
                  add(
                      parameters,
                      architecture.names().inLayer(layer, norm),
                      width,
                      Kind.NORM_WEIGHT));
    }
    add(parameters, architecture.names().finalNorm(), width, Kind.NORM_WEIGHT);
    if (!architecture.spec().tiedHead()) {
      add(parameters, architecture.names().head(), table, Kind.LINEAR);
    }
    return List.copyOf(parameters);
  }

  private static void add(List<Parameter> parameters, String prefix, Shape shape, Kind kind) {
    parameters.add(new Parameter(prefix + ".weight", shape, kind));
  }
}
