package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.sparse.SparseForm;
import java.util.Locale;

/** Weights of every form that kernels multiply by as it is. */
record SampleWeights(TorchSession torch, NDManager owner) {
  /**
   * A weight.
   *
   * @param form {@code int1} to {@code int8} in groups of 32, {@code w8a8}, {@code bfloat16},
   *     {@code bitmask} or {@code two-of-four}, half of them 0, {@code csr}, of which a tenth is
   *     not 0, or a table's name
   */
  StoredWeight of(String form, int out, int in) {
    if (form.startsWith("int")) {
      return grid(Integer.parseInt(form.substring("int".length())), 32, out, in);
    }
    if (form.equals("w8a8")) {
      return grid(Byte.SIZE, GridForm.PER_CHANNEL, out, in);
    }
    NDArray values = owner.randomNormal(0, 0.05f, new Shape(out, in), DataType.FLOAT32);
    if (form.equals("bfloat16")) {
      return new DenseWeight(torch.tensors().cast(owner, values, DType.BFLOAT16), DType.BFLOAT16);
    }
    if (form.equals("bitmask") || form.equals("two-of-four")) {
      NDArray half = values.mul(half(out, in, form.equals("two-of-four")));
      NDArray narrow = torch.tensors().cast(owner, half, DType.BFLOAT16);
      return SparseForm.ofFormat(form).orElseThrow().of(torch, owner, narrow);
    }
    if (form.equals("csr")) {
      NDArray few = owner.randomUniform(0, 1, new Shape(out, in)).gt(0.9f);
      NDArray tenth = values.mul(few.toType(DataType.FLOAT32, false));
      return SparseForm.CSR.of(torch, owner, torch.tensors().cast(owner, tenth, DType.BFLOAT16));
    }
    if (form.equals("mxfp4")) {
      return MicroscaledWeight.quantize(
          torch,
          owner,
          values,
          new MicroscaledWeight.Rounding(ElementFormat.E2M1, SharedExponent.FLOOR, 0, false));
    }
    if (form.equals("nvfp4")) {
      float greatest = values.abs().max().getFloat();
      return Nvfp4Weight.quantize(
          torch, owner, values, greatest, Nvfp4Weight.Rule.COMPRESSED_TENSORS);
    }
    Codebook table = Codebook.valueOf(form.toUpperCase(Locale.ROOT));
    return CodebookWeight.quantize(torch, owner, values, table, 64, 0, DType.FLOAT32);
  }

  /** 1 for half of the weights, or for two of each four. */
  private NDArray half(int out, int in, boolean pattern) {
    NDArray random = owner.randomUniform(0, 1, new Shape(out, in));
    if (!pattern) {
      return random.gt(0.5f).toType(DataType.FLOAT32, false);
    }
    NDArray ranks = random.reshape(-1, 4).argSort(1).argSort(1);
    return ranks.lt(2).toType(DataType.FLOAT32, false).reshape(out, in);
  }

  QuantizedWeight grid(int bits, int groupSize, int out, int in) {
    int groups = groupSize < 0 ? 1 : in / groupSize;
    NDArray codes =
        owner.randomUniform(0, 1 << bits, new Shape(out, in)).floor().toType(DataType.UINT8, false);
    return QuantizedWeight.inOrder(
        owner,
        codes,
        owner.randomUniform(0.01f, 0.02f, new Shape(out, groups)),
        owner.full(new Shape(out, groups), 1 << (bits - 1)).toType(DataType.FLOAT32, false),
        new GridForm(bits, groupSize, true, true, GridForm.Layout.COMPRESSED_TENSORS));
  }
}
