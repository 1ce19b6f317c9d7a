package dev.assay.engine.model;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import java.util.List;
import java.util.Map;

/**
 * Holds the tensors of a checkpoint to the shapes that its configuration implies, by the headers
 * alone, before any arithmetic. Packed weights are held to them when they are read.
 */
public final class ModelShapes {
  private final Checkpoint checkpoint;

  private ModelShapes(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /**
   * Makes sure that all tensors of a model are there and of the shapes that its description says.
   *
   * @throws BadCheckpointException if one is not; the message names the file and the tensor
   */
  public static void require(Checkpoint checkpoint, ModelSpec architecture) {
    ModelShapes shapes = new ModelShapes(checkpoint);
    for (Stack stack : architecture.stacks()) {
      stack.names().modules().forEach((which, name) -> shapes.module(stack, which, name));
      for (int layer = 0; layer < stack.depth(); layer++) {
        shapes.modules(stack, layer);
        Map<String, List<Linear>> stored = stack.layer(layer).layout().stored();
        for (Map.Entry<String, List<Linear>> linear : stored.entrySet()) {
          shapes.linear(stack.names().inLayer(layer, linear.getKey()), linear.getValue());
        }
      }
    }
    EncoderHead.shapes(architecture, checkpoint).forEach(shapes::plain);
  }

  private void module(Stack stack, ModelModule which, String name) {
    StackSpec spec = stack.spec();
    long hidden = spec.hiddenSize();
    long width = spec.headWidth();
    switch (which) {
      case EMBEDDING -> matrix(name, spec.vocabularySize(), spec.tableWidth());
      case POSITIONS -> matrix(name, positions(spec), spec.streamWidth());
      case TOKEN_TYPES -> matrix(name, spec.embedding().types(), hidden);
      case PROJECT_IN -> matrix(name, hidden, width);
      case PROJECT_OUT -> matrix(name, width, hidden);
      case RELATIVE_POSITIONS -> {
        if (spec.positions() instanceof Positions.Relative relative) {
          matrix(name, relative.buckets(), stack.layer(0).attention().heads());
        }
      }
      case FINAL_NORM -> norm(name, hidden, spec.norm().kind().biased());
      case EMBEDDING_NORM -> norm(name, hidden, true);
      case HEAD -> {
        if (!spec.tiedHead()) {
          matrix(name, spec.vocabularySize(), width);
        }
        if (spec.head().biased()) {
          plain(name + ".bias", new Shape(spec.vocabularySize()));
        }
      }
    }
  }

  private static long positions(StackSpec spec) {
    int offset = spec.positions() instanceof Positions.Learned learned ? learned.offset() : 0;
    return (long) spec.contextLength() + offset;
  }

  private void modules(Stack stack, int layer) {
    LayerLayout layout = stack.layer(layer).layout();
    for (Map.Entry<LayerModule, String> module : layout.modules().entrySet()) {
      LayerModule which = module.getKey();
      String name = stack.names().inLayer(layer, module.getValue()) + which.suffix();
      if (!which.optional() || checkpoint.has(name)) {
        plain(name, shape(stack, layer, which));
      }
      layout
          .bias(which)
          .ifPresent(bias -> plain(stack.names().inLayer(layer, bias), shape(stack, layer, which)));
    }
  }

  /** Shape of a norm or the like. */
  public static Shape shape(Stack stack, int layer, LayerModule which) {
    LayerSpec spec = stack.layer(layer);
    long width = stack.spec().streamWidth();
    long out = layer == stack.depth() - 1 ? stack.spec().hiddenSize() : width;
    return switch (which) {
      case QUERY_NORM, KEY_NORM -> new Shape(spec.attention().headDimension());
      case ACTIVATION -> new Shape(spec.feedForward().intermediateSize());
      case ROUTER -> new Shape(spec.feedForward().experts(), width);
      case ATTENTION_SHORTCUT -> {
        boolean last = !spec.layout().modules().containsKey(LayerModule.FEED_FORWARD_SHORTCUT);
        yield new Shape(width, last ? out : width);
      }
      case FEED_FORWARD_SHORTCUT -> new Shape(width, out);
      default -> new Shape(width);
    };
  }

  private void linear(String prefix, List<Linear> parts) {
    Linear first = parts.get(0);
    long out = parts.stream().mapToLong(Linear::outFeatures).sum();
    matrix(
        prefix,
        first.transposed() ? first.inFeatures() : out,
        first.transposed() ? out : first.inFeatures());
    if (first.biased()) {
      plain(prefix + ".bias", new Shape(out));
    }
  }

  private void norm(String prefix, long width, boolean biased) {
    plain(prefix + ".weight", new Shape(width));
    if (biased) {
      plain(prefix + ".bias", new Shape(width));
    }
  }

  private void matrix(String prefix, long rows, long columns) {
    plain(prefix + ".weight", new Shape(rows, columns));
  }

  private void plain(String name, Shape expected) {
    if (name.endsWith(".weight") && checkpoint.isPacked(name.substring(0, name.lastIndexOf('.')))) {
      return;
    }
    TensorInfo found = checkpoint.info(name);
    if (!found.shape().equals(expected) || !found.dtype().isFloating()) {
      throw new BadCheckpointException(
          "%s: tensor '%s': found %s of shape %s, expected %sshape %s by %s"
              .formatted(
                  found.file(),
                  name,
                  found.dtype().safetensorsName(),
                  found.shape(),
                  found.dtype().isFloating() ? "" : "floating numbers of ",
                  expected,
                  checkpoint.configuration().getFileName()));
    }
  }
}
