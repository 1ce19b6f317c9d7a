package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GridBlocks;
import dev.assay.engine.checkpoint.gguf.GridRows;
import dev.assay.engine.checkpoint.gguf.TensorMapping;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which type of GGUF a tensor gets. What is quantized already is rounded anew only where that is
 * allowed.
 *
 * @param wanted type of all matrices; none for that in which each has its values as they are
 * @param requantize whether what is quantized may be rounded anew
 */
record TypeChoice(TorchSession torch, Optional<GgmlType> wanted, boolean requantize) {
  /** Rows of so many values are looked at at a time. */
  private static final long CHUNK_VALUES = 1 << 20;

  /** Types that give back what stands on their grid without a search for it. */
  private static final Set<GgmlType> BY_VALUE =
      Set.of(
          GgmlType.F32,
          GgmlType.F16,
          GgmlType.BF16,
          GgmlType.MXFP4,
          GgmlType.NVFP4,
          GgmlType.TQ1_0,
          GgmlType.TQ2_0);

  /** What is tried for a weight that is not on a uniform grid, the smallest first. */
  private static final List<GgmlType> SMALL =
      List.of(GgmlType.TQ2_0, GgmlType.MXFP4, GgmlType.F16, GgmlType.BF16);

  /**
   * Vectors stay in float32, and matrices that llama.cpp wants so.
   *
   * @param shape of a source's values in the file
   * @throws BadInputException if what is quantized would be rounded anew and must not be
   */
  GgmlType of(TensorMapping module, long[] shape, List<SourceTensor> sources) {
    if (shape.length == 1 || module.alwaysFloat32()) {
      return GgmlType.F32;
    }
    long columns = shape[1];
    List<SourceTensor> quantized = sources.stream().filter(SourceTensor::quantized).toList();
    if (quantized.isEmpty()) {
      return wanted.orElseGet(() -> stored(sources.get(0))).forRows(columns);
    }
    if (wanted.isPresent()) {
      GgmlType type = wanted.get().forRows(columns);
      for (SourceTensor source : quantized) {
        if (!requantize && !holds(source, type)) {
          throw rounded(source, type);
        }
      }
      return type;
    }
    return exact(quantized, columns);
  }

  private static GgmlType stored(SourceTensor source) {
    return switch (source.dtype()) {
      case FLOAT32, FLOAT64 -> GgmlType.F32;
      case BFLOAT16 -> GgmlType.BF16;
      default -> GgmlType.F16;
    };
  }

  /** The smallest type that has all sources as they are. */
  private GgmlType exact(List<SourceTensor> sources, long columns) {
    SourceTensor first = sources.get(0);
    Optional<GgmlType> blocks = first.blocks();
    if (blocks.isPresent() && sources.stream().allMatch(each -> each.blocks().equals(blocks))) {
      return blocks.get();
    }
    List<GgmlType> candidates =
        onGrid(first)
            ? List.of(GridBlocks.values()).stream().map(GridBlocks::type).toList()
            : SMALL;
    for (GgmlType type : candidates) {
      if (columns % type.blockValues() == 0
          && sources.stream().allMatch(each -> holds(each, type))) {
        return type;
      }
    }
    throw new BadInputException(
        "%s: %s: found a weight in the form %s, whose values no type of GGUF below float32 has;"
                .formatted(first.source().fileOf(first.prefix()), first.prefix(), form(first))
            + " expected --type f32, or another type and --requantize, which rounds it anew");
  }

  private BadInputException rounded(SourceTensor source, GgmlType type) {
    return new BadInputException(
        "%s: %s: found a weight in the form %s, which %s would round anew; expected a form whose"
                .formatted(
                    source.source().fileOf(source.prefix()), source.prefix(), form(source), type)
            + " values it has, or --requantize");
  }

  private String form(SourceTensor source) {
    return source
        .blocks()
        .map(GgmlType::name)
        .orElseGet(() -> source.source().format(source.prefix()));
  }

  private boolean onGrid(SourceTensor source) {
    try (NDManager scope = torch.manager().newSubManager()) {
      return grid(source.weight(torch, scope)).isPresent();
    }
  }

  /** A weight on a grid whose zeros are whole numbers. */
  static Optional<QuantizedWeight> grid(StoredWeight weight) {
    return weight
        .onGrid()
        .filter(quantized -> quantized.grid().layout() != GridForm.Layout.REAL_ZEROS);
  }

  /** Whether a type has the values of a quantized weight as they are. */
  private boolean holds(SourceTensor source, GgmlType type) {
    if (source.blocks().equals(Optional.of(type))) {
      return true;
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      StoredWeight weight = source.weight(torch, scope);
      Optional<GridBlocks> blocks = GridBlocks.of(type);
      Optional<QuantizedWeight> grid = grid(weight);
      if (blocks.isPresent() && grid.isPresent()) {
        return holds(grid.get(), blocks.get());
      }
      return BY_VALUE.contains(type) && holds(weight.dequantize(torch, scope), type);
    }
  }

  /** The same of a weight on a grid. */
  boolean holds(QuantizedWeight weight, GridBlocks type) {
    long rows = weight.outFeatures();
    long chunk = Math.max(1, CHUNK_VALUES / weight.inFeatures());
    for (long row = 0; row < rows; row += chunk) {
      try (NDManager scope = torch.manager().newSubManager()) {
        long end = Math.min(rows, row + chunk);
        if (!type.holds(GridRows.of(torch.tensors(), scope, weight, row, end))) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean holds(NDArray values, GgmlType type) {
    long rows = values.getShape().get(0);
    long chunk = Math.max(1, CHUNK_VALUES / values.getShape().get(1));
    for (long row = 0; row < rows; row += chunk) {
      try (NDManager scope = torch.manager().newSubManager()) {
        NDArray piece = torch.tensors().rows(scope, values, row, Math.min(rows, row + chunk));
        if (!type.holds(torch.tensors().floats(piece))) {
          return false;
        }
      }
    }
    return true;
  }
}
