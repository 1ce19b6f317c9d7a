package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.quantize.RoundToNearest;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptModule;
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

  /** A head that is the table is there once in all forms that both run in. */
  @Test
  void aTiedHeadHoldsTheTablesTensors() {
    Execution execution = Execution.packed(torch.device(), DType.FLOAT32);
    LinearPreparer preparer = new LinearPreparer(torch, execution);
    Map<String, StoredWeight> forms = forms();
    // Among the values of its codes are some that are no numbers, which are like no others.
    forms.remove("mx e4m3");
    forms.put("int5", RoundToNearest.quantize(torch, scope, values(96), 5, 32, false, false));
    for (Map.Entry<String, StoredWeight> form : forms.entrySet()) {
      RunnableTable table = preparer.table(scope, form.getValue()).orElseThrow();
      ModuleNode head = preparer.prepare(scope, List.of(form.getValue())).module();

      long shared = new TiedHead(torch).share(table.module(), head);

      assertThat(shared).as(form.getKey()).isEqualTo(table.bytes());
      assertThat(head.tensors().values())
          .as(form.getKey())
          .allMatch(held -> table.module().tensors().values().stream().anyMatch(t -> t == held));
      NDArray exact = form.getValue().dequantize(torch, scope);
      assertThat(
              product(head, exact.getShape().get(1)).sub(exact.transpose()).abs().max().getFloat())
          .as(form.getKey())
          .isLessThan(1e-5f);
    }
  }

  /** The weight, transposed. */
  private NDArray product(ModuleNode head, long columns) {
    ModuleNode root = Scripts.module("calibration.Product").with("linear", head);
    ScriptModule module = ScriptModule.load(scope, root.object());
    module.load(root.tensors());
    return module.call(scope, "forward", scope.eye(Math.toIntExact(columns)));
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
