package dev.assay.harness.run.need;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.synthetic.ParameterList;
import dev.assay.engine.torch.DType;
import dev.assay.harness.run.synthetic.SyntheticSource;
import dev.assay.harness.suite.CellSpec;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The sizes of a model that needs depend on, from its configuration.
 *
 * @param architecture what the configuration says
 * @param stored type of its weights on disk
 * @param parameters number of all
 * @param packed those that are stored packed
 */
record ModelShape(ModelSpec architecture, DType stored, long parameters, PackedShare packed) {
  /**
   * The shape of a cell's model.
   *
   * @throws dev.assay.engine.config.BadInputException if it cannot be read
   * @throws IllegalArgumentException if it is of no known family
   */
  static ModelShape of(CellSpec cell) {
    Optional<SyntheticSource> synthetic = SyntheticSource.of(cell);
    if (synthetic.isPresent()) {
      return new ModelShape(
          new Families().architecture(synthetic.get().config()),
          synthetic.get().dtype(),
          ParameterList.of(synthetic.get().config()).count(),
          PackedShare.NONE);
    }
    Checkpoint found = Checkpoint.open(cell.modelPath());
    ModelSpec architecture = new Families().architecture(found);
    Checkpoint checkpoint = new ModelTensors(found, architecture).only();
    DType type = checkpoint.valueType(architecture.names().embedding());
    return new ModelShape(
        architecture, type, checkpoint.parameters(), PackedShare.of(checkpoint, architecture));
  }

  /** Parameters of all linears of all layers. */
  long linearParameters() {
    return layers()
        .mapToLong(layer -> layer.layout().parts().mapToLong(ModelShape::size).sum())
        .sum();
  }

  /** Parameters of the linears of the largest layer. */
  long layer() {
    return largest(layout -> layout.parts().mapToLong(ModelShape::size).sum());
  }

  /** Parameters of the largest linear. */
  long linear() {
    return largest(layout -> layout.parts().mapToLong(ModelShape::size).max().orElse(0));
  }

  /** Elements of the Hessians of all groups of a layer. */
  long hessians() {
    return largest(layout -> layout.groups().stream().mapToLong(ModelShape::hessian).sum());
  }

  /** Elements of the largest Hessian. */
  long hessian() {
    return largest(
        layout -> layout.groups().stream().mapToLong(ModelShape::hessian).max().orElse(0));
  }

  /** Features that go into the widest group. */
  long widestInput() {
    return largest(
        layout -> layout.groups().stream().mapToLong(LinearGroup::inFeatures).max().orElse(0));
  }

  /** Features that go into all groups of a layer. */
  long inputWidths() {
    return largest(layout -> layout.groups().stream().mapToLong(LinearGroup::inFeatures).sum());
  }

  /** Numbers that a token has in a layer: what goes into and out of each linear. */
  long tokenWidth() {
    return largest(
        layout ->
            layout.parts().mapToLong(linear -> linear.inFeatures() + linear.outFeatures()).sum());
  }

  /** Most query heads of a layer. */
  long heads() {
    return layers().mapToLong(layer -> layer.attention().heads()).max().orElse(0);
  }

  /** Widths of the keys of all layers together. */
  long keyValueWidths() {
    return layers().mapToLong(layer -> layer.attention().keyValueWidth()).sum();
  }

  private Stream<LayerSpec> layers() {
    return architecture.stacks().stream().flatMap(stack -> stack.layers().stream());
  }

  private long largest(ToLongFunction<LayerLayout> size) {
    return layers().map(LayerSpec::layout).distinct().mapToLong(size).max().orElse(0);
  }

  private static long size(Linear linear) {
    return linear.outFeatures() * linear.inFeatures();
  }

  private static long hessian(LinearGroup group) {
    return group.inFeatures() * group.inFeatures();
  }
}
