package dev.assay.engine.model;

import dev.assay.engine.model.StackSpec.EmbeddingSpec;
import java.util.List;

/**
 * A model of one stack whose residual stream has fewer numbers, the same in all its layers: what
 * reads and writes it is narrower, and all else as it was. It is an ordinary model of its family
 * with another hidden size.
 */
public final class NarrowerStream {
  private NarrowerStream() {}

  /**
   * The model with a narrower stream.
   *
   * @param model that continues text, whose embedding is as wide as its stream
   * @param width numbers that are left
   * @throws IllegalArgumentException if it has an embedding that is projected, or a stream that was
   *     sliced
   */
  public static ModelSpec of(ModelSpec model, int width) {
    StackSpec spec = model.spec();
    EmbeddingSpec embedding = spec.embedding();
    if (embedding.width() != spec.hiddenSize() || spec.sliced() != null) {
      throw new IllegalArgumentException(
          "found an embedding that is projected, or a stream that was sliced, expected one width");
    }
    StackSpec narrower =
        new StackSpec(
            spec.vocabularySize(),
            width,
            spec.contextLength(),
            spec.norm(),
            spec.residual(),
            spec.positions(),
            new EmbeddingSpec(width, embedding.scale(), embedding.types()),
            spec.head());
    List<LayerSpec> layers =
        model.main().layers().stream().map(layer -> of(spec.residual(), layer, width)).toList();
    int index = model.stacks().indexOf(model.main());
    return model.with(index, new Stack(narrower, model.names(), layers, model.main().exits()));
  }

  private static LayerSpec of(Residual residual, LayerSpec layer, int width) {
    LayerLayout layout = layer.layout();
    List<LinearGroup> groups =
        StreamParts.of(residual, layer).resized(layout, width, group -> width);
    return new LayerSpec(
        layer.attention(),
        layer.feedForward(),
        new LayerLayout(
            layout.modules(),
            layout.norm(),
            groups,
            Foldings.ofOtherShape(layout.foldings(), groups)),
        layer.linears(),
        layer.cache());
  }
}
