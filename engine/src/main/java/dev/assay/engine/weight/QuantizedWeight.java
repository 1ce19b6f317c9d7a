package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Optional;

/**
 * A weight on a uniform grid: value = scale · (code − zero), the scale and the zero those of the
 * column's group in the row.
 *
 * @param codes uint8 [out, in], 0 … 2^bits − 1, columns in the model's order
 * @param scales float16 or float32 [out, groups]
 * @param zeros float32 [out, groups], whole numbers from 0 to 2^bits − 1; any in the layout {@link
 *     GridForm.Layout#REAL_ZEROS}
 * @param groupIndex int32 [in], the group of each column
 * @param grid bits, group size and how the grid was made
 */
public record QuantizedWeight(
    NDArray codes, NDArray scales, NDArray zeros, NDArray groupIndex, GridForm grid)
    implements CodedWeight {
  /** Two numbers of 64 bits. */
  private static final long SHAPE_WORDS = 4;

  private static final String SCRIPT = "grid.py";

  public QuantizedWeight {
    long out = codes.getShape().get(0);
    long in = codes.getShape().get(1);
    long groups = scales.getShape().get(1);
    if (scales.getShape().get(0) != out || !zeros.getShape().equals(scales.getShape())) {
      throw new IllegalArgumentException(
          "scales and zeros are [out, groups]: found "
              + scales.getShape()
              + " and "
              + zeros.getShape()
              + " for "
              + out
              + " rows");
    }
    if (groupIndex.getShape().size() != in) {
      throw new IllegalArgumentException(
          "the group index has "
              + groupIndex.getShape().size()
              + " entries for "
              + in
              + " columns");
    }
    if (groups != grid.groups(in)) {
      throw new IllegalArgumentException(
          groups + " groups found, " + grid.groups(in) + " expected for " + in + " columns");
    }
  }

  /** A weight whose groups are runs of columns in order. */
  public static QuantizedWeight inOrder(
      NDManager owner, NDArray codes, NDArray scales, NDArray zeros, GridForm grid) {
    NDArray groups = owner.create(grid.groupsInOrder(codes.getShape().get(1)));
    return new QuantizedWeight(codes, scales, zeros, groups, grid);
  }

  /** The same codes and values under another form of grid, such as another layout on disk. */
  public QuantizedWeight as(GridForm form) {
    return new QuantizedWeight(codes, scales, zeros, groupIndex, form);
  }

  /** Whether every zero is a code, as in all layouts but {@link GridForm.Layout#REAL_ZEROS}. */
  public boolean hasCodesForZeros(TorchSession torch) {
    return grid.layout() != GridForm.Layout.REAL_ZEROS
        || torch
            .script(QuantizedWeight.class, SCRIPT)
            .callForBoolean("are_codes", zeros, (long) grid.maxCode());
  }

  @Override
  public String format() {
    return grid.label();
  }

  @Override
  public Optional<QuantizedWeight> onGrid() {
    return Optional.of(this);
  }

  @Override
  public QuantizedWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new QuantizedWeight(
        WeightRows.select(torch, owner, codes, rows),
        WeightRows.select(torch, owner, scales, rows),
        WeightRows.select(torch, owner, zeros, rows),
        groupIndex,
        grid);
  }

  @Override
  public QuantizedWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<QuantizedWeight> weights = parts.stream().map(QuantizedWeight.class::cast).toList();
    for (QuantizedWeight other : weights) {
      if (!other.grid.equals(grid) || !WeightRows.same(torch, other.groupIndex, groupIndex)) {
        throw new IllegalArgumentException(
            "weights on grids of " + grid + " and " + other.grid + " cannot be joined");
      }
    }
    return new QuantizedWeight(
        WeightRows.join(torch, owner, weights, QuantizedWeight::codes, rows),
        WeightRows.join(torch, owner, weights, QuantizedWeight::scales, rows),
        WeightRows.join(torch, owner, weights, QuantizedWeight::zeros, rows),
        groupIndex,
        grid);
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    return torch
        .script(QuantizedWeight.class, SCRIPT)
        .call(owner, "dequantize", codes, scales, zeros, groupIndex);
  }

  @Override
  public Optional<RunnableTable> table(NDManager owner, KernelRuntime runtime) {
    if (grid.ordered() && new TiledGridKernel().accepts(List.of(this), new PlainInput(), runtime)) {
      TiledGrid tiles = TiledGrid.of(owner, runtime.torch(), List.of(this), Optional.empty());
      return Optional.of(
          TableModules.table(
              "tiled-grid-rows",
              tiles.into(
                  TableModules.module("tiled", "TiledGridEmbedding", runtime),
                  runtime.torch().threads()),
              "int" + tiles.bits() + " packed in tiles",
              runtime));
    }
    GridTensors grid = GridTensors.of(owner, runtime, List.of(this));
    return Optional.of(
        TableModules.table(
            "grid-rows",
            grid.into(TableModules.module("GridEmbedding", runtime)),
            "int" + grid.bits() + " packed",
            runtime));
  }

  /**
   * {@inheritDoc}
   *
   * <p>What the layout's tensors take on disk: codes and zeros packed in whole 32-bit words, scales
   * in their own type and, in GPTQ's layout, the group index in 32 bits a column. GGUF stores no
   * zeros. Compressed-tensors has zeros only where they differ, an index only where it is needed,
   * and the shape. Zeros that are no whole numbers are stored as scales are; BitNet's layout has
   * none, and one scale.
   */
  @Override
  public long storedBytes() {
    long out = outFeatures();
    long in = inFeatures();
    long groups = scales.getShape().get(1);
    long scaleBytes = out * groups * scales.getDataType().getNumOfBytes();
    if (grid.layout() == GridForm.Layout.REAL_ZEROS) {
      return out * ((in * grid.bits() + Byte.SIZE - 1) / Byte.SIZE)
          + 2 * scaleBytes
          + (grid.ordered() ? 0 : in * Integer.BYTES);
    }
    if (grid.layout() == GridForm.Layout.BITNET) {
      return (out + 3) / 4 * in + Float.BYTES;
    }
    long words =
        switch (grid.layout()) {
          case GPTQ -> grid.words(in) * out + groups * grid.words(out) + in;
          case AWQ -> (in + groups) * grid.words(out);
          case GGUF -> grid.words(in) * out;
          case INT8 -> (in * out + Integer.BYTES - 1) / Integer.BYTES;
          case COMPRESSED_TENSORS ->
              grid.words(in) * out
                  + (grid.symmetric() ? 0 : groups * grid.words(out))
                  + (grid.ordered() ? 0 : in)
                  + SHAPE_WORDS;
          case BITNET, REAL_ZEROS -> throw new AssertionError("counted above");
        };
    return words * Integer.BYTES + scaleBytes;
  }
}
