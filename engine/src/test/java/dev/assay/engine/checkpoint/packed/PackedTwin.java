package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.Stack;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A model of the room of families with its linears packed as others do, and the same dense. */
public final class PackedTwin {
  private static final int BLOCK = 64;
  private static final int NESTED = 256;

  private final TorchSession torch;
  private final ModelFixture model;
  private final DType type;

  /**
   * @param type of everything that is not packed
   */
  public PackedTwin(TorchSession torch, String family, DType type) {
    this(torch, ModelFixture.of(family), type);
  }

  /** The same of another model than the room's. */
  public PackedTwin(TorchSession torch, ModelFixture model, DType type) {
    this.torch = torch;
    this.model = model;
    this.type = type;
  }

  /** A published way of packing, by what bitsandbytes and others write. */
  public enum Packing {
    NF4("'quant_method': 'bitsandbytes', 'load_in_4bit': true"),
    NF4_NESTED("'quant_method': 'bitsandbytes', 'load_in_4bit': true"),
    INT8("'quant_method': 'bitsandbytes', 'load_in_8bit': true"),
    FP8(
        "'quant_method': 'compressed-tensors', 'format': 'float-quantized', 'config_groups': {"
            + "'g': {'targets': ['Linear'], 'weights': {'num_bits': 8, 'type': 'float',"
            + " 'strategy': 'channel'}}}"),
    GPTQ(""),
    GPTQ_ASYMMETRIC(""),
    AWQ(""),
    COMPRESSED_TENSORS("");

    private final String config;

    Packing(String config) {
      this.config = config;
    }
  }

  public ModelFixture model() {
    return model;
  }

  /** Prefixes of the linears of all layers. */
  public SortedSet<String> linears() {
    SortedSet<String> linears = new TreeSet<>();
    for (Stack stack : model.architecture().stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (String tensor : stack.layer(layer).layout().stored().keySet()) {
          linears.add(stack.names().inLayer(layer, tensor));
        }
      }
    }
    return linears;
  }

  /** The model with modules packed. */
  public Checkpoint packed(Packing packing, SortedSet<String> modules, Path target) {
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      SortedSet<String> rest = new TreeSet<>(model.checkpoint().names());
      for (String module : modules) {
        rest.remove(module + ".weight");
        try (NDManager scope = torch.manager().newSubManager()) {
          NDArray values = model.checkpoint().linear(torch, scope, module).dequantize(torch, scope);
          pack(writer, scope, module, values, packing);
        }
      }
      copy(writer, rest);
      writer.finish(model.checkpoint(), type.label());
    }
    if (!packing.config.isEmpty()) {
      configure(target, "{" + packing.config + "}");
    }
    return Checkpoint.open(target);
  }

  /** A checkpoint with the values of another one, all dense. */
  public Checkpoint dense(Checkpoint packed, Path target) {
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      SortedSet<String> rest = new TreeSet<>(packed.names());
      packed
          .packedLinears()
          .forEach(
              (module, tensors) -> {
                rest.removeAll(tensors);
                try (NDManager scope = torch.manager().newSubManager()) {
                  NDArray values = packed.linear(torch, scope, module).dequantize(torch, scope);
                  writer.put(module + ".weight", torch.tensors().cast(scope, values, type));
                }
              });
      for (String name : rest) {
        try (NDManager scope = torch.manager().newSubManager()) {
          writer.put(name, packed.tensor(torch, scope, name));
        }
      }
      writer.finish(model.checkpoint(), type.label());
    }
    return Checkpoint.open(target);
  }

  private void copy(CheckpointWriter writer, Iterable<String> names) {
    for (String name : names) {
      try (NDManager scope = torch.manager().newSubManager()) {
        NDArray tensor = model.checkpoint().tensor(torch, scope, name);
        writer.put(name, torch.tensors().cast(scope, tensor, type));
      }
    }
  }

  static void configure(Path directory, String quantization) {
    try {
      Path file = directory.resolve("config.json");
      ObjectNode config = JsonFiles.read(file).deepCopy();
      config.set(
          "quantization_config", new ObjectMapper().readTree(quantization.replace('\'', '"')));
      JsonFiles.write(file, config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void pack(
      CheckpointWriter writer, NDManager scope, String module, NDArray values, Packing packing) {
    switch (packing) {
      case NF4 -> nf4(writer, scope, module, values, false);
      case NF4_NESTED -> nf4(writer, scope, module, values, true);
      case INT8 -> {
        NDArray greatest = values.abs().max(new int[] {1});
        NDArray codes = values.mul(127).div(greatest.expandDims(1)).round();
        writer.put(module + ".weight", codes.toType(DataType.INT8, true));
        writer.put(module + ".SCB", greatest);
        writer.put(module + ".weight_format", scope.zeros(new Shape(), DataType.UINT8));
      }
      case FP8 -> {
        NDArray scale = values.abs().max(new int[] {1}, true).div(448);
        NDArray codes = torch.tensors().cast(scope, values.div(scale), DType.FLOAT8_E4M3);
        writer.put(module + ".weight", codes);
        writer.put(module + ".weight_scale", torch.tensors().cast(scope, scale, DType.BFLOAT16));
      }
      case GPTQ -> writer.putLinear(module, grid(scope, values, true, GridForm.Layout.GPTQ));
      case GPTQ_ASYMMETRIC ->
          writer.putLinear(module, grid(scope, values, false, GridForm.Layout.GPTQ));
      case AWQ -> writer.putLinear(module, grid(scope, values, false, GridForm.Layout.AWQ));
      case COMPRESSED_TENSORS ->
          writer.putLinear(module, grid(scope, values, true, GridForm.Layout.COMPRESSED_TENSORS));
    }
  }

  private StoredWeight grid(
      NDManager scope, NDArray values, boolean symmetric, GridForm.Layout layout) {
    var weight = RoundToNearest.quantize(torch, scope, values, 4, 16, symmetric, false);
    var stored =
        new QuantizedWeight(
            weight.codes(),
            torch.tensors().cast(scope, weight.scales(), DType.FLOAT16),
            weight.zeros(),
            weight.groupIndex(),
            weight.grid());
    return stored.as(new GridForm(4, 16, symmetric, true, layout));
  }

  /** A table of 16 values, as even as NF4's is not, with scales that are quantized or not. */
  private void nf4(
      CheckpointWriter writer, NDManager scope, String module, NDArray values, boolean nested) {
    float[] table = new float[16];
    for (int code = 0; code < table.length; code++) {
      table[code] = (code - 7) / 8f;
    }
    float[] all = values.toFloatArray();
    int blocks = (all.length + BLOCK - 1) / BLOCK;
    float[] absmax = new float[blocks];
    for (int i = 0; i < all.length; i++) {
      absmax[i / BLOCK] = Math.max(absmax[i / BLOCK], Math.abs(all[i]));
    }
    byte[] codes = new byte[all.length / 2];
    for (int i = 0; i < all.length; i++) {
      int code = Math.min(15, Math.max(0, Math.round(all[i] / absmax[i / BLOCK] * 8) + 7));
      codes[i / 2] |= (byte) (i % 2 == 0 ? code << 4 : code);
    }
    Shape shape = values.getShape();
    TreeMap<String, Object> state = new TreeMap<>();
    state.put("quant_type", "nf4");
    state.put("blocksize", BLOCK);
    state.put("dtype", type.label());
    state.put("shape", shape.getShape());
    String weight = module + ".weight";
    writer.put(weight, bytes(scope, codes));
    writer.put(weight + ".quant_map", scope.create(table));
    if (nested) {
      nest(writer, scope, weight, absmax);
      state.put("nested_blocksize", NESTED);
      state.put("nested_offset", 0.0);
    } else {
      writer.put(weight + ".absmax", scope.create(absmax));
    }
    String json = new ObjectMapper().valueToTree(state).toString();
    writer.put(
        weight + ".quant_state.bitsandbytes__nf4",
        bytes(scope, json.getBytes(StandardCharsets.UTF_8)));
  }

  private static void nest(
      CheckpointWriter writer, NDManager scope, String weight, float[] absmax) {
    float[] table = new float[NESTED];
    for (int code = 0; code < NESTED; code++) {
      table[code] = code / 255f;
    }
    float[] greatest = new float[(absmax.length + NESTED - 1) / NESTED];
    for (int i = 0; i < absmax.length; i++) {
      greatest[i / NESTED] = Math.max(greatest[i / NESTED], absmax[i]);
    }
    byte[] codes = new byte[absmax.length];
    for (int i = 0; i < absmax.length; i++) {
      codes[i] = (byte) Math.round(absmax[i] / greatest[i / NESTED] * 255);
    }
    writer.put(weight + ".absmax", bytes(scope, codes));
    writer.put(weight + ".nested_absmax", scope.create(greatest));
    writer.put(weight + ".nested_quant_map", scope.create(table));
  }

  private static NDArray bytes(NDManager scope, byte[] values) {
    return scope.create(ByteBuffer.wrap(values), new Shape(values.length), DataType.UINT8);
  }
}
