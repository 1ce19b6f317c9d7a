package dev.assay.engine.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.LoraForm;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.Parameter;
import dev.assay.engine.train.Schedule;
import dev.assay.engine.train.Trainer;
import dev.assay.engine.weight.Codebook;
import dev.assay.engine.weight.CodebookWeight;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** A step of products beside a weight in NF4, which itself stays. */
public final class QloraCheck implements GoldenCheck {
  private static final String WEIGHT = "weight";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    double limit = golden.tolerance("abs");
    CodebookWeight base =
        CodebookWeight.quantize(
            torch,
            scope,
            golden.input(scope, "W"),
            Codebook.valueOf(golden.parameter("base").asText().toUpperCase(Locale.ROOT)),
            golden.parameter("blocksize").intValue(),
            0,
            DType.FLOAT32);
    assertThat(base.codes().toType(DataType.INT32, true).toIntArray())
        .isEqualTo(golden.tensor(scope, "packed").toType(DataType.INT32, true).toIntArray());
    QuantizerCheck.same(base.scales().values(torch, scope), golden, scope, "absmax", limit);
    NDArray values = base.dequantize(torch, scope);
    QuantizerCheck.same(values, golden, scope, "dequant", limit);

    LoraForm form =
        new LoraForm(
            scope,
            LinearForm.FLOAT32,
            golden.parameter("r").intValue(),
            golden.parameter("lora_alpha").asDouble(),
            name -> true,
            1);
    assertThat(form.scale()).isEqualTo(golden.parameter("scaling").asDouble());
    ModuleNode linear = form.of(WEIGHT, values);
    LoraForm.Pair pair = Objects.requireNonNull(form.pairs().get(WEIGHT));
    golden.input(scope, "A").copyTo(pair.down());
    golden.input(scope, "B").copyTo(pair.up());
    ModuleNode bench =
        new ModuleNode(ScriptClass.of(QloraCheck.class, "qat_bench.LinearBench"))
            .with("linear", linear)
            .with("norm", scope.create(new float[0]))
            .with("eps", 0.0);
    String down = bench.nameOf(pair.down());
    String up = bench.nameOf(pair.up());
    double rate = golden.parameter("optimizer").path("lr").asDouble();
    List<NDArray> batch = List.of(golden.input(scope, "X"), golden.input(scope, "Y"));
    try (Trainer trainer =
        new Trainer(
            torch,
            bench,
            List.of(Parameter.free(down, rate), Parameter.free(up, rate)),
            Optimizer.adamW(golden.parameter("optimizer").path("weight_decay").asDouble()),
            new Schedule.Constant(),
            false)) {
      Map<String, NDArray> gradients = trainer.gradients(scope, batch);
      QuantizerCheck.same(
          Objects.requireNonNull(gradients.get(down)), golden, scope, "grad_A", limit);
      QuantizerCheck.same(
          Objects.requireNonNull(gradients.get(up)), golden, scope, "grad_B", limit);
      double loss = golden.scalar("loss");
      assertThat(trainer.step(batch)[0])
          .isCloseTo(loss, within(golden.tolerance("loss_rel") * loss));
      QuantizerCheck.same(trainer.parameter(down), golden, scope, "A_after", limit);
      QuantizerCheck.same(trainer.parameter(up), golden, scope, "B_after", limit);
    }
  }
}
