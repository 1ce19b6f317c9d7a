package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.Adjustment;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufArchitecture;
import dev.assay.engine.checkpoint.gguf.GgufArchitectures;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.checkpoint.gguf.GgufTensor;
import dev.assay.engine.checkpoint.gguf.GgufValue;
import dev.assay.engine.checkpoint.gguf.GridBlocks;
import dev.assay.engine.checkpoint.gguf.GridRows;
import dev.assay.engine.checkpoint.gguf.HeaderWriter;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Writes a checkpoint as a GGUF file, tensor by tensor, so that one matrix and a piece of it in
 * float32 are in memory at a time. The file appears under its name only when it is complete.
 */
public final class GgufWriter {
  private static final long CHUNK_VALUES = 1 << 20;
  private static final double GREATEST_HALF = 65504;

  /** Types whose values or scales have the range of float32. */
  private static final Set<GgmlType> WIDE = Set.of(GgmlType.F32, GgmlType.BF16, GgmlType.MXFP4);

  private final TorchSession torch;
  private final TypeChoice choice;
  private final ScriptModule script;

  /**
   * A writer.
   *
   * @param matrices type of all matrices
   */
  public GgufWriter(TorchSession torch, GgmlType matrices) {
    this(torch, new TypeChoice(torch, Optional.of(matrices), false));
  }

  GgufWriter(TorchSession torch, TypeChoice choice) {
    this.torch = torch;
    this.choice = choice;
    this.script = torch.script(GgufFile.class, "gguf.py");
  }

  /**
   * Writes a checkpoint.
   *
   * @param name of the model, {@code general.name}
   * @param tokenizer keys of the tokenizer, in order
   * @throws BadCheckpointException if the target exists or the architecture has no place for a
   *     tensor
   */
  public void write(Checkpoint source, String name, Map<String, GgufValue> tokenizer, Path target) {
    GgufArchitecture architecture =
        new GgufArchitectures().ofModelType(source.config().path("model_type").asText(""));
    SortedMap<String, float[]> constants = architecture.constants(source.config());
    List<PlannedTensor> planned = new GgufPlan(torch, source, architecture).tensors(choice);
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", new GgufValue.Text(architecture.name()));
    metadata.put("general.name", new GgufValue.Text(name));
    metadata.putAll(architecture.metadata(source.config()));
    metadata.put("general.file_type", GgufValue.uint32(fileType(planned)));
    metadata.put("general.quantization_version", GgufValue.uint32(2));
    metadata.putAll(tokenizer);
    try (PendingFile file = PendingFile.create(target)) {
      file.write(ByteBuffer.wrap(HeaderWriter.bytes(metadata, places(constants, planned))));
      for (float[] values : constants.values()) {
        write(file, GgmlType.F32, values);
        pad(file, (long) values.length * Float.BYTES);
      }
      for (PlannedTensor tensor : planned) {
        write(file, tensor);
        pad(file, tensor.bytes());
      }
      file.publish();
    } catch (IOException e) {
      throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static List<GgufTensor> places(
      SortedMap<String, float[]> constants, List<PlannedTensor> planned) {
    List<GgufTensor> places = new ArrayList<>();
    long offset = 0;
    for (Map.Entry<String, float[]> constant : constants.entrySet()) {
      long length = constant.getValue().length;
      long end = offset + length * Float.BYTES;
      places.add(new GgufTensor(constant.getKey(), GgmlType.F32, new long[] {length}, offset, end));
      offset = end + HeaderWriter.padding(end);
    }
    for (PlannedTensor tensor : planned) {
      long end = offset + tensor.bytes();
      places.add(
          new GgufTensor(tensor.name(), tensor.type(), tensor.shape().getShape(), offset, end));
      offset = end + HeaderWriter.padding(end);
    }
    return places;
  }

  /** That of the type that most values of matrices are in. */
  private int fileType(List<PlannedTensor> planned) {
    Map<GgmlType, Long> values = new EnumMap<>(GgmlType.class);
    planned.stream()
        .filter(tensor -> tensor.shape().dimension() > 1)
        .forEach(tensor -> values.merge(tensor.type(), tensor.shape().size(), Long::sum));
    return choice
        .wanted()
        .or(
            () ->
                values.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey))
        .orElse(GgmlType.F32)
        .fileType();
  }

  private void write(PendingFile file, PlannedTensor tensor) throws IOException {
    for (SourceTensor source : tensor.sources()) {
      if (source.blocks().equals(Optional.of(tensor.type()))) {
        file.copy(source.info().file(), source.info().begin(), source.info().end());
      } else {
        try (NDManager scope = torch.manager().newSubManager()) {
          writeNew(file, tensor, source, scope);
        }
      }
    }
  }

  private void writeNew(
      PendingFile file, PlannedTensor tensor, SourceTensor source, NDManager scope)
      throws IOException {
    Optional<GridBlocks> blocks = GridBlocks.of(tensor.type()).filter(type -> source.quantized());
    if (blocks.isPresent()) {
      Optional<QuantizedWeight> grid = TypeChoice.grid(source.weight(torch, scope));
      if (grid.isPresent() && choice.holds(grid.get(), blocks.get())) {
        writeGrid(file, adjusted(scope, grid.get(), tensor.adjustment()), blocks.get());
        return;
      }
    }
    NDArray values = adjusted(scope, source.values(torch, scope), tensor.adjustment());
    if (!values.getShape().equals(tensor.each())) {
      throw new IllegalStateException(
          tensor.name() + ": found " + values.getShape() + ", planned " + tensor.each());
    }
    requireInRange(tensor, source, values);
    forRows(
        scope,
        values.getShape().get(0),
        tensor.each().size(),
        (each, from, to) -> {
          NDArray piece = torch.tensors().rows(each, values, from, to);
          write(file, tensor.type(), torch.tensors().floats(piece));
        });
  }

  /** Codes as they are, in the blocks of a type that holds them. */
  private void writeGrid(PendingFile file, QuantizedWeight weight, GridBlocks type)
      throws IOException {
    long values = weight.outFeatures() * weight.inFeatures();
    GgmlType blocks = type.type();
    forRows(
        torch.manager(),
        weight.outFeatures(),
        values,
        (each, from, to) -> {
          GridRows rows = GridRows.of(torch.tensors(), each, weight, from, to);
          int count = (int) ((to - from) * weight.inFeatures());
          ByteBuffer bytes =
              ByteBuffer.allocate(count / blocks.blockValues() * blocks.blockBytes())
                  .order(ByteOrder.LITTLE_ENDIAN);
          type.encode(rows, bytes);
          file.write(bytes.flip());
        });
  }

  /** What is done with some rows. */
  @FunctionalInterface
  private interface RowsWriter {
    void write(NDManager scope, long from, long to) throws IOException;
  }

  private static void forRows(NDManager owner, long rows, long values, RowsWriter writer)
      throws IOException {
    long chunk = Math.max(1, CHUNK_VALUES / (values / rows));
    for (long row = 0; row < rows; row += chunk) {
      try (NDManager each = owner.newSubManager()) {
        writer.write(each, row, Math.min(rows, row + chunk));
      }
    }
  }

  /** Most types hold values or scales in float16. */
  private void requireInRange(PlannedTensor tensor, SourceTensor source, NDArray values) {
    double most = WIDE.contains(tensor.type()) ? Float.MAX_VALUE : GREATEST_HALF;
    double found = script.callForDouble("greatest_magnitude", values);
    if (!(found <= most)) {
      throw new BadCheckpointException(
          source.source().path()
              + ": "
              + source.name()
              + ": found a value of magnitude "
              + found
              + ", expected at most "
              + most
              + " for "
              + tensor.type());
    }
  }

  /** Rows of a weight on a grid in the file's order; nothing else happens to packed ones. */
  private QuantizedWeight adjusted(NDManager scope, QuantizedWeight weight, Adjustment adjustment) {
    return new QuantizedWeight(
        adjusted(scope, weight.codes(), adjustment),
        adjusted(scope, weight.scales(), adjustment),
        adjusted(scope, weight.zeros(), adjustment),
        weight.groupIndex(),
        weight.grid());
  }

  private NDArray adjusted(NDManager scope, NDArray values, Adjustment adjustment) {
    if (adjustment instanceof Adjustment.InterleavedHeads heads) {
      return script.call(scope, "interleaved", values, (long) heads.heads());
    } else if (adjustment instanceof Adjustment.GroupedHeads groups) {
      return script.call(
          scope, "ungrouped", values, (long) groups.groups(), (long) groups.served());
    } else if (adjustment instanceof Adjustment.Transposed) {
      return script.call(scope, "transposed", values);
    } else if (adjustment instanceof Adjustment.PlusOne) {
      NDArray wide = torch.tensors().cast(scope, values, DType.FLOAT32);
      return script.call(scope, "shifted", wide, 1.0);
    }
    return values;
  }

  private static void write(PendingFile file, GgmlType type, float[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length / type.blockValues() * type.blockBytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    type.encode(values, bytes);
    file.write(bytes.flip());
  }

  private static void pad(PendingFile file, long bytes) throws IOException {
    file.write(ByteBuffer.allocate(HeaderWriter.padding(bytes)));
  }
}
