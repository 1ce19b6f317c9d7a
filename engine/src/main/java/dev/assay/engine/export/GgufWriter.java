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
import dev.assay.engine.checkpoint.gguf.HeaderWriter;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Writes a checkpoint as a GGUF file, tensor by tensor, so that one matrix and a piece of it in
 * float32 are in memory at a time. The file appears under its name only when it is complete.
 */
public final class GgufWriter {
  private static final long CHUNK_VALUES = 1 << 20;
  private static final double GREATEST_HALF = 65504;

  private final TorchSession torch;
  private final GgmlType matrices;
  private final int fileType;
  private final ScriptModule script;

  /**
   * A writer.
   *
   * @param matrices type of all matrices: F16, Q8_0 or Q4_0
   */
  public GgufWriter(TorchSession torch, GgmlType matrices) {
    this.torch = torch;
    this.matrices = matrices;
    this.fileType =
        switch (matrices) {
          case F16 -> 1;
          case Q4_0 -> 2;
          case Q8_0 -> 7;
          default ->
              throw new IllegalArgumentException(
                  "matrices: found " + matrices + ", expected F16, Q8_0 or Q4_0");
        };
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
    List<PlannedTensor> planned = new GgufPlan(torch, source, architecture).tensors(matrices);
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", new GgufValue.Text(architecture.name()));
    metadata.put("general.name", new GgufValue.Text(name));
    metadata.putAll(architecture.metadata(source.config()));
    metadata.put("general.file_type", GgufValue.uint32(fileType));
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

  private void write(PendingFile file, PlannedTensor tensor) throws IOException {
    try (NDManager scope = torch.manager().newSubManager()) {
      NDArray values = adjusted(scope, tensor);
      if (!values.getShape().equals(tensor.shape())) {
        throw new IllegalStateException(
            tensor.name() + ": found " + values.getShape() + ", planned " + tensor.shape());
      }
      requireInRange(tensor, values);
      long rows = tensor.shape().get(0);
      long chunk = Math.max(1, CHUNK_VALUES / (tensor.shape().size() / rows));
      for (long row = 0; row < rows; row += chunk) {
        try (NDManager each = scope.newSubManager()) {
          long end = Math.min(rows, row + chunk);
          NDArray piece = torch.tensors().rows(each, values, row, end);
          write(file, tensor.type(), torch.tensors().floats(piece));
        }
      }
    }
  }

  /** All types but F32 hold values or scales in float16. */
  private void requireInRange(PlannedTensor tensor, NDArray values) {
    double most = tensor.type() == GgmlType.F32 ? Float.MAX_VALUE : GREATEST_HALF;
    double found = script.callForDouble("greatest_magnitude", values);
    if (!(found <= most)) {
      throw new BadCheckpointException(
          tensor.source().source().path()
              + ": "
              + tensor.source().prefix()
              + "."
              + tensor.source().suffix()
              + ": found a value of magnitude "
              + found
              + ", expected at most "
              + most
              + " for "
              + tensor.type());
    }
  }

  private NDArray adjusted(NDManager scope, PlannedTensor tensor) {
    NDArray values = tensor.source().values(torch, scope);
    Adjustment adjustment = tensor.adjustment();
    if (adjustment instanceof Adjustment.InterleavedHeads heads) {
      return script.call(scope, "interleaved", values, (long) heads.heads());
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
