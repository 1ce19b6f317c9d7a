package dev.assay.engine.fold;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fold.RotateParameters.Heads;
import dev.assay.engine.hadamard.HadamardMatrix;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.Residual;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.weight.PlainInput;

/** Holds a rotation against a model: its sizes, and whether its function can be kept. */
final class RotationCheck {
  private final RotateParameters parameters;
  private final ModelSpec model;

  private RotationCheck(RotateParameters parameters, ModelSpec model) {
    this.parameters = parameters;
    this.model = model;
  }

  /**
   * Makes sure that a model can be rotated.
   *
   * @throws BadInputException if not
   */
  static void require(RotateParameters parameters, ModelSpec model) {
    RotationCheck check = new RotationCheck(parameters, model);
    for (int i = 0; i < model.stacks().size(); i++) {
      Stack stack = model.stacks().get(i);
      if (parameters.stream() != RotateParameters.Stream.NONE) {
        check.stream(stack);
      }
      for (int layer = 0; layer < stack.depth(); layer++) {
        check.layer(stack.names().inLayer(layer, ""), stack.layer(layer));
      }
    }
  }

  private void stream(Stack stack) {
    StackSpec spec = stack.spec();
    String found = null;
    if (spec.residual() == Residual.POST || spec.residual() == Residual.SANDWICH) {
      found = "norms whose output is added to the stream";
    } else if (model.kind() != ModelSpec.Kind.CAUSAL && spec.norm().kind() == NormSpec.Kind.LAYER
        || model.kind() == ModelSpec.Kind.MASKED
        || model.kind() == ModelSpec.Kind.CLASSIFIER) {
      found = "an encoder with a head on top that reads the stream";
    } else if (spec.sliced() != null) {
      found = "a stream that was sliced";
    } else if (spec.embedding().width() != spec.hiddenSize()) {
      found = "an embedding that is projected";
    } else if (stack.names().find(ModelModule.FINAL_NORM).isEmpty()) {
      found = "no norm before the head";
    }
    if (found != null) {
      throw new BadInputException(
          "%s: found %s, expected norms that read the stream alone, as only those can be folded; with 'stream: none' what lies within layers is rotated"
              .formatted(model.family(), found));
    }
    if (parameters.stream() != RotateParameters.Stream.ORTHOGONAL) {
      size(
          stack.names().embedding() + ".weight",
          "[" + spec.vocabularySize() + ", " + spec.hiddenSize() + "]",
          spec.hiddenSize(),
          "stream: orthogonal");
    }
  }

  private void layer(String prefix, LayerSpec layer) {
    AttentionSpec attention = layer.attention();
    layer
        .layout()
        .linears()
        .forEach(
            name -> {
              if (!(layer.linear(name).input() instanceof PlainInput)) {
                throw new BadInputException(
                    "%s: found its input %s, expected it as it comes"
                        .formatted(prefix + name, layer.linear(name).input().words()));
              }
            });
    String output = prefix + layer.layout().groups().get(1).linears().get(0) + ".weight";
    if (parameters.heads() != Heads.NONE) {
      String shape = attention.heads() + " heads of " + attention.headDimension();
      size(output, shape, attention.headDimension(), "heads: none");
      if (parameters.heads() == Heads.ACROSS) {
        size(output, shape, attention.heads(), "heads: within");
      }
    }
    if (parameters.down() == RotateParameters.Down.FULL) {
      int inner = layer.feedForward().intermediateSize();
      String down =
          layer.layout().groups().get(layer.firstFeedForward() + 1).linears().get(0) + ".weight";
      size(prefix + down, "inputs of " + inner, inner, "down: blocks");
    }
  }

  private static void size(String name, String shape, int size, String otherwise) {
    try {
      HadamardMatrix.of(size);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(
          "%s, %s: %s; or '%s'".formatted(name, shape, e.getMessage(), otherwise), e);
    }
  }
}
