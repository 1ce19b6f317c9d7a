package dev.assay.engine.weight.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.CodedWeight;
import dev.assay.engine.weight.KernelRuntime;
import dev.assay.engine.weight.PackingScripts;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import java.util.List;
import java.util.Optional;

/**
 * A weight of signs, as BiLLM has it, in blocks of columns. A weight of a salient column is mean ±
 * first ± second magnitude of its row and block; any other is mean ± magnitude of one of two
 * groups, the small or the large. So each is a code of 2 bits: of a salient column its signs, the
 * first in the lower bit; of another its sign, and 1 in the higher bit where it is large. What the
 * paper counts as 1.1 bits leaves out which group a weight is in, and the levels.
 *
 * @param codes uint8 [out, in], 0 … 3
 * @param salient uint8 [in], 1 for salient columns
 * @param levels float16 or float32 [out, blocks, 7]: mean and magnitude of the small, mean and
 *     magnitude of the large, mean and both magnitudes of the salient
 * @param blockSize columns of a block; the last may be shorter
 * @see <a href="https://arxiv.org/abs/2402.04291">Huang et al. 2024, BiLLM</a>
 */
public record SignsWeight(NDArray codes, NDArray salient, NDArray levels, int blockSize)
    implements CodedWeight {
  /** Bits of a code. */
  static final int WIDTH = 2;

  /** Levels of a row in a block. */
  static final int LEVELS = 7;

  public SignsWeight {
    if (codes.getDataType() != DataType.UINT8 || codes.getShape().dimension() != 2) {
      throw new IllegalArgumentException(
          "codes: found " + codes.getShape() + ", expected uint8 [out, in]");
    }
    long out = codes.getShape().get(0);
    long in = codes.getShape().get(1);
    if (salient.getDataType() != DataType.UINT8 || salient.getShape().size() != in) {
      throw new IllegalArgumentException(
          "salient: found " + salient.getShape() + ", expected uint8 [" + in + "]");
    }
    if (blockSize < 1) {
      throw new IllegalArgumentException("blockSize: found " + blockSize + ", expected at least 1");
    }
    long blocks = (in + blockSize - 1) / blockSize;
    if (levels.getShape().dimension() != 3
        || levels.getShape().get(0) != out
        || levels.getShape().get(1) != blocks
        || levels.getShape().get(2) != LEVELS) {
      throw new IllegalArgumentException(
          "levels: found %s, expected (%d, %d, %d)"
              .formatted(levels.getShape(), out, blocks, LEVELS));
    }
  }

  @Override
  public double codeBits() {
    return WIDTH;
  }

  @Override
  public String format() {
    return "signs b" + blockSize;
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    return FormScripts.of(torch)
        .call(owner, "sign_values", codes, salient, levels, (long) blockSize);
  }

  @Override
  public long storedBytes() {
    return FormScripts.streamBytes(outFeatures(), inFeatures(), WIDTH)
        + FormScripts.streamBytes(1, inFeatures(), 1)
        + FormScripts.bytes(levels);
  }

  @Override
  public SignsWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    return new SignsWeight(
        WeightRows.select(torch, owner, codes, rows),
        torch.tensors().copy(owner, salient),
        WeightRows.select(torch, owner, levels, rows),
        blockSize);
  }

  @Override
  public SignsWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    List<SignsWeight> all = parts.stream().map(SignsWeight.class::cast).toList();
    for (SignsWeight part : all) {
      if (part.blockSize != blockSize || !WeightRows.same(torch, salient, part.salient)) {
        throw new IllegalArgumentException(
            "weights in the format "
                + format()
                + " cannot be stored as one: they have other salient columns or blocks");
      }
    }
    return new SignsWeight(
        WeightRows.join(torch, owner, all, SignsWeight::codes, rows),
        torch.tensors().copy(owner, salient),
        WeightRows.join(torch, owner, all, SignsWeight::levels, rows),
        blockSize);
  }

  /** The same with levels in float16, where they are not too large for it. */
  public Optional<SignsWeight> narrowed(TorchSession torch, NDManager owner) {
    NDArray narrow = FormScripts.copy(torch, owner, levels, DType.FLOAT16);
    return torch.tensors().isFinite(narrow)
        ? Optional.of(new SignsWeight(codes, salient, narrow, blockSize))
        : Optional.empty();
  }

  @Override
  public Optional<RunnableLinear> running(NDManager owner, KernelRuntime runtime) {
    TorchSession torch = runtime.torch();
    ModuleNode module =
        FormScripts.module("SignsLinear")
            .with("codes", PackingScripts.of(torch).call(owner, "pack_bits", codes, (long) WIDTH))
            .with("levels", torch.tensors().copy(owner, levels))
            .with("salient", torch.tensors().copy(owner, salient))
            .with("size", blockSize)
            .with("columns", inFeatures());
    return Optional.of(
        new RunnableLinear(
            "signs",
            module,
            outFeatures(),
            module.tensors().values().stream().mapToLong(FormScripts::bytes).sum(),
            false,
            "two signs a weight, dequantised at each call"));
  }
}
