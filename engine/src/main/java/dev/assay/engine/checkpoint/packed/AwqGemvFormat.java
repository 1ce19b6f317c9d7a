package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Set;
import java.util.SortedMap;

/**
 * AWQ's gemv layout of a linear [out, in], 4 bits, which is read and not written: {@code qweight}
 * int32 [out, words(in)] with consecutive inputs in a word, {@code qzeros} int32 [out, P] with
 * consecutive groups in a word, {@code scales} [out, 8P]. P is the words that the groups take,
 * rounded up for the kernel; what is beyond the groups is 0.
 */
record AwqGemvFormat(QuantizationConfig config) implements PackedFormat {
  @Override
  public SortedMap<String, NDArray> pack(
      TorchSession torch, NDManager owner, QuantizedWeight weight) {
    throw new IllegalArgumentException("AWQ's gemv layout is read and not written; gemm is");
  }

  @Override
  public long inFeatures(PackedTensors tensors) {
    return tensors.qweight().shape().get(1) * Integer.SIZE / config.bits();
  }

  @Override
  public long outFeatures(PackedTensors tensors) {
    return tensors.qweight().shape().get(0);
  }

  @Override
  public Set<String> names(PackedTensors tensors) {
    return tensors.present("qweight", "qzeros", "scales");
  }

  @Override
  public QuantizedWeight unpack(TorchSession torch, NDManager owner, PackedTensors tensors) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    GridForm form = config.grid(true);
    long in = inFeatures(tensors);
    long out = outFeatures(tensors);
    long groups = form.groups(in);
    TensorInfo qzeros = tensors.qzeros();
    long words = qzeros.shape().get(1);
    if (words < form.words(groups)) {
      throw tensors.bad(
          qzeros,
          "found %d words a row, expected at least %d".formatted(words, form.words(groups)));
    }
    tensors.require(qzeros, out, words);
    tensors.require(tensors.scales(), out, words * Integer.SIZE / config.bits());
    try (NDManager scope = owner.newSubManager()) {
      NDArray scales = tensors.loadScales(torch, scope, tensors.scales());
      NDArray zeros = unpacked(torch, scope, tensors, qzeros, groups);
      return new QuantizedWeight(
          torch.tensors().copy(owner, unpacked(torch, scope, tensors, tensors.qweight(), in)),
          script.call(owner, "first_columns", scales, groups),
          script.call(owner, "to_float", zeros),
          owner.create(form.groupsInOrder(in)),
          form);
    }
  }

  /** Codes [rows, n] from words that run along the rows. */
  private NDArray unpacked(
      TorchSession torch, NDManager scope, PackedTensors tensors, TensorInfo stored, long n) {
    ScriptModule script = torch.script(GptqFormat.class, GptqFormat.SCRIPT);
    NDArray words = script.call(scope, "transposed", tensors.load(torch, scope, stored));
    NDArray codes = script.call(scope, "unpack_rows", words, (long) config.bits(), n);
    return script.call(scope, "transposed", codes);
  }
}
