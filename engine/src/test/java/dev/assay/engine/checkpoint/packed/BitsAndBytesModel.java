package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A checkpoint as bitsandbytes writes it, with one 4-bit linear {@code l}. */
final class BitsAndBytesModel {
  private BitsAndBytesModel() {}

  /**
   * @param directory an empty one
   * @param type quant_type
   * @param state members of the state's JSON object, in single quotes
   * @param tensors by what follows {@code l.} in their names
   */
  static Checkpoint write(
      TorchSession torch,
      NDManager scope,
      Path directory,
      String type,
      String state,
      Map<String, NDArray> tensors)
      throws IOException {
    Path model = directory.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, model)) {
      tensors.forEach((suffix, tensor) -> writer.put("l." + suffix, tensor));
      byte[] text = ("{" + state.replace('\'', '"') + "}").getBytes(StandardCharsets.UTF_8);
      writer.put(
          "l.weight.quant_state.bitsandbytes__" + type,
          scope.create(ByteBuffer.wrap(text), new Shape(text.length), DataType.UINT8));
      writer.finish(RawCheckpoint.source(directory.resolve("source")), "float16");
    }
    Files.writeString(
        model.resolve("config.json"),
        "{\"quantization_config\": {\"quant_method\": \"bitsandbytes\", \"load_in_4bit\": true}}");
    return Checkpoint.open(model);
  }
}
