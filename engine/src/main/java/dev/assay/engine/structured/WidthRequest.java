package dev.assay.engine.structured;

import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.DenseCache;
import dev.assay.engine.model.LayerCut;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.PlainInput;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How layers are to be made narrower.
 *
 * @param units what goes
 * @param counting how many a share is
 * @param keep share that stays
 * @param within what is compared
 * @param multiple that numbers of channels are rounded up to multiples of
 * @param recovery how the rest makes up for it
 */
record WidthRequest(
    Set<Unit> units,
    Counting counting,
    double keep,
    Within within,
    int multiple,
    Recovery recovery) {
  WidthRequest {
    units = Set.copyOf(units);
  }

  /** Bits that weights of a type take, those that went included. */
  double storedBits(DType type) {
    return keep * type.bytes() * Byte.SIZE;
  }

  /** Why other tools will not load what is left, if they will not. */
  Optional<String> ownOnly() {
    boolean biased = recovery == Recovery.MEAN || recovery == Recovery.AFFINE;
    if (within == Within.LAYER && !biased) {
      return Optional.empty();
    }
    return Optional.of(
        (within == Within.MODEL ? "layers are left of different widths" : "")
            + (within == Within.MODEL && biased ? ", and " : "")
            + (biased ? "what reads heads and channels comes by biases" : "")
            + ", for which few families' configurations have words");
  }

  /**
   * What is to be known of inputs.
   *
   * @param scored for choosing
   */
  Set<Statistic> statistics(Set<Statistic> scored) {
    Set<Statistic> all = EnumSet.noneOf(Statistic.class);
    all.addAll(scored);
    all.addAll(recovery.statistics());
    return all;
  }

  /** The choice of what stays. */
  WidthChoice choice() {
    return new WidthChoice(this);
  }

  /**
   * What is left of a model; the model itself where a look at all of its layers says what each of
   * them gives.
   */
  ModelSpec narrowed(ModelSpec spec, Selection selection) {
    ModelSpec narrowed = spec;
    for (int i = 0; i < spec.stacks().size() && within == Within.LAYER; i++) {
      Stack stack = spec.stacks().get(i);
      for (int layer = 0; layer < stack.depth(); layer++) {
        Set<String> selected = selection.of(spec.stacks().get(i), layer);
        stack = stack.with(layer, was -> narrowed(was, selected));
      }
      narrowed = narrowed.with(i, stack);
    }
    return narrowed;
  }

  private LayerSpec narrowed(LayerSpec layer, Set<String> selected) {
    boolean heads = units.contains(Unit.HEADS) && Unit.HEADS.goes(layer, selected);
    boolean channels = units.contains(Unit.CHANNELS) && Unit.CHANNELS.goes(layer, selected);
    return LayerCut.first(
            layer,
            heads ? heads(layer) : layer.attention().keyValueHeads(),
            channels ? channels(layer) : layer.feedForward().intermediateSize())
        .of(layer);
  }

  /** Why nothing goes, where that can be told and nothing does. */
  Optional<String> leavesAll(ModelSpec spec, Selection selection) {
    if (within != Within.LAYER || !narrowed(spec, selection).equals(spec)) {
      return Optional.empty();
    }
    if (!narrowed(spec, Selection.ALL).equals(spec)) {
      return Optional.of("targets and ignore: found nothing selected that could go");
    }
    LayerSpec first = spec.main().layer(0);
    List<String> left = new ArrayList<>();
    if (units.contains(Unit.HEADS)) {
      int all = first.attention().keyValueHeads();
      left.add("%d of %d key and value heads".formatted(heads(first), all));
    }
    if (units.contains(Unit.CHANNELS)) {
      int all = first.feedForward().intermediateSize();
      left.add("%d of %d channels".formatted(channels(first), all));
    }
    return Optional.of(
        "keep: found %s, by which %s of a layer stay".formatted(keep, String.join(" and ", left)));
  }

  /** Key and value heads of a layer that stay where it is looked at by itself. */
  int heads(LayerSpec layer) {
    return Math.max(1, counting.heads(layer.attention(), keep));
  }

  /** Channels of a layer that stay where it is looked at by itself. */
  int channels(LayerSpec layer) {
    int all = layer.feedForward().intermediateSize();
    return KeptUnits.inMultiples(counting.channels(all, keep), all, multiple);
  }

  /**
   * Makes sure that a model can be made narrower so.
   *
   * @throws BadInputException if not
   */
  void requireFits(ModelSpec spec) {
    for (Stack stack : spec.stacks()) {
      if (units.contains(Unit.HEADS)) {
        requireHeads(spec, stack);
      }
      for (int layer = 0; layer < stack.depth(); layer++) {
        requireLayer(stack, layer);
      }
    }
  }

  private static void requireHeads(ModelSpec spec, Stack stack) {
    if (spec.kind() == ModelSpec.Kind.ENCODER_DECODER) {
      throw new BadInputException(
          "found an encoder and a decoder, whose heads share one number, expected a model of one stack where heads go");
    }
    if (stack.spec().positions() instanceof Positions.Linear
        || stack.spec().positions() instanceof Positions.Relative) {
      throw new BadInputException(
          "found positions that each head weighs in its own way (%s), which follow from how many heads there are, expected none where heads go"
              .formatted(spec.family()));
    }
    if (stack.layers().stream().allMatch(layer -> layer.attention().keyValueHeads() == 1)) {
      throw new BadInputException(
          "found one key and value head that serves all queries, expected several where heads go");
    }
  }

  private void requireLayer(Stack stack, int index) {
    LayerSpec layer = stack.layer(index);
    if (within == Within.MODEL
        && units.contains(Unit.CHANNELS)
        && layer.feedForward().experts() > 1) {
      throw new BadInputException(
          "within: found model with a mixture of experts, expected layer: the experts of a layer are of one width");
    }
    if (units.contains(Unit.HEADS) && !(layer.cache() instanceof DenseCache)) {
      throw new BadInputException(
          "found keys and values kept in the form %s, expected the heads to go before"
              .formatted(layer.cache().json()));
    }
    layer
        .linears()
        .forEach(
            (name, linear) -> {
              if (!(linear.input() instanceof PlainInput)) {
                throw new BadInputException(
                    "%s: found an input that is treated (%s), expected heads and channels to go before"
                        .formatted(stack.names().inLayer(index, name), linear.input().json()));
              }
            });
  }
}
