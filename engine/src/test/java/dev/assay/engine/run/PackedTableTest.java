package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Codebook;
import dev.assay.engine.weight.CodebookWeight;
import dev.assay.engine.weight.ElementFormat;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.FlatGridWeight;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.engine.weight.MicroscaledWeight;
import dev.assay.engine.weight.Nvfp4Weight;
import dev.assay.engine.weight.RunnableTable;
import dev.assay.engine.weight.ScaleBlocks;
import dev.assay.engine.weight.ScaledWeight;
import dev.assay.engine.weight.SharedExponent;
import dev.assay.engine.weight.StoredWeight;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Tables of token vectors stay in the form in which they are stored, whichever it is. */
class PackedTableTest extends TorchTest {
  /** An odd number, in which blocks of a flattened weight begin at any place. */
  private static final long WIDTH = 97;

  private static final long TOKENS = 700;

  private NDArray values(long columns) {
    return scope.randomNormal(0, 1, new Shape(TOKENS, columns), DataType.FLOAT32);
  }

  private Map<String, StoredWeight> forms() {
    Map<String, StoredWeight> forms = new TreeMap<>();
    NDArray odd = values(WIDTH);
    forms.put("codebook", codebook(odd, 0));
    forms.put("codebook nested", codebook(odd, 256));
    for (ScaleBlocks blocks :
        List.of(
            ScaleBlocks.whole(),
            ScaleBlocks.byRow(),
            new ScaleBlocks(1, 32, ScaleBlocks.Layout.COMPRESSED_TENSORS),
            new ScaleBlocks(128, 64, ScaleBlocks.Layout.SCALE_INV))) {
      forms.put(
          "float8 " + blocks.rows() + "x" + blocks.columns(),
          ScaledWeight.quantize(
              torch, scope, odd, DType.FLOAT8_E4M3, blocks, ScaledWeight.Rule.DIVIDED));
    }
    NDArray even = values(96);
    for (ElementFormat element :
        List.of(ElementFormat.E2M1, ElementFormat.E2M3, ElementFormat.E4M3)) {
      forms.put(
          "mx " + element.label(),
          MicroscaledWeight.quantize(
              torch,
              scope,
              even,
              new MicroscaledWeight.Rounding(element, SharedExponent.FLOOR, 0, false)));
    }
    forms.put(
        "nvfp4",
        Nvfp4Weight.quantize(
            torch, scope, even, even.abs().max().getFloat(), Nvfp4Weight.Rule.COMPRESSED_TENSORS));
    return forms;
  }

  private CodebookWeight codebook(NDArray values, int nested) {
    return CodebookWeight.quantize(torch, scope, values, Codebook.NF4, 64, nested, DType.FLOAT16);
  }

  @Test
  void rowsAreLookedUpInThePackedForm() {
    LinearPreparer preparer =
        new LinearPreparer(torch, Execution.packed(torch.device(), DType.FLOAT32));

    forms()
        .forEach(
            (name, weight) -> {
              RunnableTable table = preparer.table(scope, weight).orElseThrow();
              assertThat(table.form()).as(name).endsWith("rows dequantised as they are looked up");
              // Besides what is stored there is at most a table of a few values.
              assertThat(table.bytes())
                  .as(name)
                  .isBetween(weight.storedBytes() / 2, weight.storedBytes() + 1100);
              KernelUse use = new TableCheck(torch, preparer).use(weight).orElseThrow();
              assertThat(use.kernel()).as(name).isEqualTo(table.kernel());
              assertThat(use.largestDifference()).as(name).isZero();
            });
  }

  /** Those that know no rows too: the values of some are those in the whole. */
  @Test
  void someRowsAreThoseOfTheWhole() {
    Map<String, StoredWeight> forms = forms();
    NDArray codes = values(WIDTH).mul(3).add(8).clip(0, 15).toType(DataType.UINT8, true);
    for (int axis = 0; axis < 2; axis++) {
      long groups = TOKENS * WIDTH / 70;
      forms.put(
          "flat grid " + axis,
          new FlatGridWeight(
              codes,
              scope.randomUniform(0.1f, 1, new Shape(groups)),
              scope.randomUniform(0, 15, new Shape(groups)),
              4,
              70,
              axis));
    }
    long[] rows = {699, 0, 3, 3, 128};

    forms.forEach(
        (name, weight) -> {
          NDArray some = weight.rows(torch, scope, rows).dequantize(torch, scope);
          NDArray all = weight.dequantize(torch, scope).get(scope.create(rows));
          assertThat(some.toFloatArray()).as(name).isEqualTo(all.toFloatArray());
        });
  }
}
