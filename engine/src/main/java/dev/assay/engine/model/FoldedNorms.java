package dev.assay.engine.model;

import dev.assay.engine.model.StackSpec.HeadSpec;
import java.util.List;
import java.util.Set;

/**
 * What becomes of a model with norms of mean and variance where those are folded into what reads
 * them: the stream has no mean any more, so that they only divide by its root mean square; their
 * biases are in the linears that read them and in the head, which all have one then; and the
 * embedding's norm is in its table.
 *
 * @see <a href="https://arxiv.org/abs/2401.15024">Ashkboos et al. 2024, SliceGPT</a>
 */
public final class FoldedNorms {
  private FoldedNorms() {}

  /**
   * The model with a stack's norms folded; as it is where they are of the root mean square already.
   */
  public static ModelSpec of(ModelSpec model, int index) {
    Stack stack = model.stacks().get(index);
    StackSpec spec = stack.spec();
    if (spec.norm().kind() != NormSpec.Kind.LAYER) {
      return model;
    }
    HeadSpec head = spec.head();
    StackSpec folded =
        new StackSpec(
            spec.vocabularySize(),
            spec.hiddenSize(),
            spec.contextLength(),
            new NormSpec(NormSpec.Kind.RMS, spec.norm().epsilon()),
            spec.residual(),
            spec.positions(),
            spec.embedding(),
            new HeadSpec(head.tied(), true, head.inputScale(), head.cap()));
    List<LayerSpec> layers =
        stack.layers().stream().map(layer -> folded(spec.residual(), layer)).toList();
    return model.with(
        index,
        new Stack(
            folded, stack.names().without(ModelModule.EMBEDDING_NORM), layers, stack.exits()));
  }

  private static LayerSpec folded(Residual residual, LayerSpec layer) {
    Set<Integer> readers = StreamParts.of(residual, layer).reading();
    LayerLayout layout = layer.layout();
    List<LinearGroup> groups =
        layout.groups().stream()
            .map(
                group ->
                    readers.contains(layout.groups().indexOf(group))
                        ? group.withBiases(Set.copyOf(group.linears()))
                        : group)
            .toList();
    return new LayerSpec(
        layer.attention(),
        layer.feedForward(),
        new LayerLayout(layout.modules(), NormSpec.Kind.RMS, groups, layout.foldings()),
        layer.linears(),
        layer.cache());
  }
}
