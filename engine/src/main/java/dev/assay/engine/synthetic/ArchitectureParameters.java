package dev.assay.engine.synthetic;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelShapes;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.synthetic.Parameter.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors of an architecture, from its own description. */
final class ArchitectureParameters implements ParameterList {
  private final ModelSpec architecture;
  private final JsonNode config;
  private final Map<String, Parameter> found = new LinkedHashMap<>();

  ArchitectureParameters(ModelSpec architecture, JsonNode config) {
    this.architecture = architecture;
    this.config = config;
  }

  @Override
  public List<Parameter> parameters() {
    found.clear();
    for (Stack stack : architecture.stacks()) {
      module(stack);
      for (int layer = 0; layer < stack.depth(); layer++) {
        layer(stack, layer);
      }
    }
    heads();
    return List.copyOf(found.values());
  }

  private void module(Stack stack) {
    StackSpec spec = stack.spec();
    long hidden = spec.hiddenSize();
    long width = spec.headWidth();
    stack
        .names()
        .modules()
        .forEach(
            (which, name) -> {
              switch (which) {
                case EMBEDDING ->
                    weight(name, Kind.EMBEDDING, spec.vocabularySize(), spec.tableWidth());
                case POSITIONS -> weight(name, Kind.EMBEDDING, positions(spec), spec.streamWidth());
                case TOKEN_TYPES ->
                    weight(name, Kind.EMBEDDING, config.path("type_vocab_size").asLong(2), hidden);
                case PROJECT_IN -> weight(name, Kind.LINEAR, hidden, width);
                case PROJECT_OUT -> weight(name, Kind.LINEAR, width, hidden);
                case RELATIVE_POSITIONS ->
                    weight(name, Kind.EMBEDDING, buckets(spec), stack.layer(0).attention().heads());
                case FINAL_NORM -> norm(name, hidden, spec.norm().kind().biased());
                case EMBEDDING_NORM -> norm(name, hidden, true);
                case HEAD -> head(spec, name, width);
              }
            });
  }

  private void head(StackSpec spec, String name, long width) {
    if (!spec.tiedHead()) {
      weight(name, Kind.LINEAR, spec.vocabularySize(), width);
    }
    if (spec.head().biased()) {
      bias(name, spec.vocabularySize());
    }
  }

  private static long positions(StackSpec spec) {
    int offset = spec.positions() instanceof Positions.Learned learned ? learned.offset() : 0;
    return (long) spec.contextLength() + offset;
  }

  private static long buckets(StackSpec spec) {
    return spec.positions() instanceof Positions.Relative relative ? relative.buckets() : 1;
  }

  private void layer(Stack stack, int layer) {
    LayerSpec spec = stack.layer(layer);
    long width = stack.spec().streamWidth();
    for (Map.Entry<LayerModule, String> module : spec.layout().modules().entrySet()) {
      String name = stack.names().inLayer(layer, module.getValue());
      switch (module.getKey()) {
        case QUERY_NORM, KEY_NORM -> norm(name, spec.attention().headDimension(), false);
        case ROUTER -> weight(name, Kind.LINEAR, spec.feedForward().experts(), width);
        case ACTIVATION -> {
          // Models as they are trained have none.
        }
        case ATTENTION_SHORTCUT, FEED_FORWARD_SHORTCUT ->
            add(name, Kind.LINEAR, ModelShapes.shape(stack, layer, module.getKey()).getShape());
        default -> norm(name, width, spec.layout().bias(module.getKey()).isPresent());
      }
    }
    spec.layout()
        .stored()
        .forEach(
            (tensor, parts) -> {
              Linear linear = parts.get(0);
              String name = stack.names().inLayer(layer, tensor);
              long out = spec.layout().storedRows(linear);
              long in = linear.inFeatures();
              weight(
                  name,
                  Kind.LINEAR,
                  linear.transposed() ? in : out,
                  linear.transposed() ? out : in);
              if (linear.biased()) {
                bias(name, out);
              }
            });
  }

  /** What stands on top of an encoder. */
  private void heads() {
    long hidden = architecture.spec().hiddenSize();
    switch (architecture.kind()) {
      case MASKED -> {
        weight("cls.predictions.transform.dense", Kind.LINEAR, hidden, hidden);
        bias("cls.predictions.transform.dense", hidden);
        norm("cls.predictions.transform.LayerNorm", hidden, true);
        bias("cls.predictions", architecture.spec().vocabularySize());
      }
      case CLASSIFIER -> {
        long classes = Math.max(1, config.path("id2label").size());
        weight("bert.pooler.dense", Kind.LINEAR, hidden, hidden);
        bias("bert.pooler.dense", hidden);
        weight("classifier", Kind.LINEAR, classes, hidden);
        bias("classifier", classes);
      }
      default -> {}
    }
  }

  private void norm(String prefix, long width, boolean biased) {
    add(prefix + ".weight", Kind.NORM_WEIGHT, width);
    if (biased) {
      bias(prefix, width);
    }
  }

  private void weight(String prefix, Kind kind, long rows, long columns) {
    add(prefix + ".weight", kind, rows, columns);
  }

  private void bias(String prefix, long width) {
    add(prefix + ".bias", Kind.BIAS, width);
  }

  /** Stacks may share a tensor. */
  private void add(String name, Kind kind, long... shape) {
    found.putIfAbsent(name, new Parameter(name, new Shape(shape), kind));
  }
}
