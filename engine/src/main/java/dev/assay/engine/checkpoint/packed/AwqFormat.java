package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * AWQ's gemm layout of a linear [out, in], 4 bits: {@code qweight} int32 [in, words(out)], nibble i
 * of a word being output 8c + (0, 2, 4, 6, 1, 3, 5, 7)[i]; {@code qzeros} int32 [groups,
 * words(out)] likewise, zeros as they are; {@code scales} [groups, out].
 */
record AwqFormat(QuantizationConfig config) implements PackedFormat {
  @Override
  public SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    try (NDManager scope = owner.newSubManager()) {
      NDArray codes = script.call(scope, "transposed", weight.codes());
      NDArray zeros = script.call(scope, "transposed", weight.zeros());
      tensors.put("qweight", script.call(owner, "pack_interleaved", codes, order()));
      tensors.put("qzeros", script.call(owner, "pack_interleaved", zeros, order()));
      tensors.put("scales", script.call(owner, "transposed", weight.scales()));
    }
    return tensors;
  }

  @Override
  public long inFeatures(PackedTensors tensors) {
    return tensors.qweight().shape().get(0);
  }

  @Override
  public long outFeatures(PackedTensors tensors) {
    return tensors.scales().shape().get(1);
  }

  @Override
  public Set<String> names(PackedTensors tensors) {
    return tensors.present("qweight", "qzeros", "scales", "g_idx");
  }

  @Override
  public QuantizedWeight unpack(TorchSession torch, NDManager owner, PackedTensors tensors) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    GridForm form = config.grid(true);
    long in = inFeatures(tensors);
    long out = outFeatures(tensors);
    tensors.require(tensors.qweight(), in, form.words(out));
    tensors.require(tensors.qzeros(), form.groups(in), form.words(out));
    tensors.require(tensors.scales(), form.groups(in), out);
    try (NDManager scope = owner.newSubManager()) {
      NDArray qweight = tensors.load(torch, scope, tensors.qweight());
      NDArray qzeros = tensors.load(torch, scope, tensors.qzeros());
      NDArray codes = script.call(scope, "unpack_interleaved", qweight, order(), out);
      NDArray stored = script.call(scope, "unpack_interleaved", qzeros, order(), out);
      NDArray zeros = script.call(scope, "transposed", stored);
      NDArray scales = tensors.loadScales(torch, scope, tensors.scales());
      return new QuantizedWeight(
          script.call(owner, "transposed", codes),
          script.call(owner, "transposed", scales),
          script.call(owner, "to_float", zeros),
          owner.create(form.groupsInOrder(in)),
          form);
    }
  }

  private static long[] order() {
    return new long[] {0, 2, 4, 6, 1, 3, 5, 7};
  }
}
