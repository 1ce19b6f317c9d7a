package dev.assay.engine.slice;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.Residual;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.model.StreamParts;
import dev.assay.engine.weight.PlainInput;
import java.util.Collection;
import java.util.Optional;

/** Holds slicing against a model: whether its norms can be folded, and what would be left. */
final class SliceCheck {
  private SliceCheck() {}

  /**
   * Makes sure that a model's stream can be sliced.
   *
   * @throws BadInputException if not
   */
  static void require(SliceGptParameters parameters, ModelSpec model) {
    require(model, parameters.keep(), parameters.multiple());
  }

  /**
   * The same of a model of whose stream a share is to stay.
   *
   * @param multiple what its width is rounded down to a multiple of
   */
  static void require(ModelSpec model, double keep, int multiple) {
    Optional<String> fault = fault(model);
    if (fault.isPresent()) {
      throw new BadInputException(
          "%s: found %s, expected a model that continues text, with one stream that norms read and the layers add to"
              .formatted(model.family(), fault.get()));
    }
    int hidden = model.spec().hiddenSize();
    if (StreamShare.of(keep, hidden, multiple) < 1) {
      throw new BadInputException(
          "keep: found %s of a stream of %d, in multiples of %d, expected some of it to be left"
              .formatted(keep, hidden, multiple));
    }
    Stack stack = model.main();
    for (int layer = 0; layer < stack.depth(); layer++) {
      readers(stack, layer);
    }
  }

  private static Optional<String> fault(ModelSpec model) {
    StackSpec spec = model.spec();
    if (model.kind() == ModelSpec.Kind.ENCODER_DECODER) {
      return Optional.of("an encoder and a decoder");
    } else if (spec.residual() == Residual.POST) {
      return Optional.of("norms behind what adds to the stream");
    } else if (model.kind() != ModelSpec.Kind.CAUSAL) {
      return Optional.of("an encoder with a head on top that reads the stream");
    } else if (spec.residual() == Residual.SANDWICH) {
      return Optional.of("norms whose output is added to the stream");
    } else if (spec.norm().kind() == NormSpec.Kind.RMS_PLUS_ONE) {
      return Optional.of("norms that add 1 to their weights");
    } else if (spec.sliced() != null) {
      return Optional.of("a stream that was sliced");
    } else if (spec.embedding().width() != spec.hiddenSize()) {
      return Optional.of("an embedding that is projected");
    }
    return model.names().find(ModelModule.FINAL_NORM).isEmpty()
        ? Optional.of("no norm before the head")
        : Optional.empty();
  }

  /** What is done to an input speaks of features that are there no more. */
  private static void readers(Stack stack, int layer) {
    LayerSpec spec = stack.layer(layer);
    StreamParts.of(stack.spec().residual(), spec).readers().values().stream()
        .flatMap(Collection::stream)
        .flatMap(group -> spec.layout().groups().get(group).linears().stream())
        .filter(name -> !(spec.linear(name).input() instanceof PlainInput))
        .findFirst()
        .ifPresent(
            name -> {
              throw new BadInputException(
                  "%s: found its input %s, expected it as it comes"
                      .formatted(
                          stack.names().inLayer(layer, name), spec.linear(name).input().words()));
            });
  }
}
