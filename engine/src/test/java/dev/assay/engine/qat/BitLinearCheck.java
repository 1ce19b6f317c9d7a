package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;

/** BitNet's linear with its gradients; where a case has none, its quantizers alone, or a run. */
public final class BitLinearCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    if (!golden.name().startsWith("bitlinear")) {
      new QuantizerCheck().check(torch, scope, golden);
      return;
    }
    CaseQuantizers quantizers = CaseQuantizers.of(scope, golden);
    NDArray weight = QuantizerCheck.watched(golden.input(scope, "W0").duplicate());
    NDArray norm = QatRun.norm(scope, golden);
    ModuleNode root =
        new ModuleNode(ScriptClass.of(BitLinearCheck.class, "qat_bench.LayerBench"))
            .with(
                "bench",
                QatRun.bench(
                    golden,
                    FakeQuantizers.linear(weight, quantizers.weight(), quantizers.input()),
                    norm));
    List<NDArray> tensors = new ArrayList<>();
    tensors.add(QuantizerCheck.watched(golden.input(scope, "X").duplicate()));
    tensors.add(golden.input(scope, "upstream"));
    tensors.add(weight);
    if (norm.size() > 0) {
      tensors.add(QuantizerCheck.watched(norm));
    }
    try (ScriptModule script = ScriptModule.load(scope, root.object())) {
      script.load(root.tensors());
      List<NDArray> found = script.callWithAutograd(scope, "judged", tensors);
      double limit = golden.tolerance("grad_abs");
      QuantizerCheck.same(found.get(0), golden, scope, "value", golden.tolerance("value_abs"));
      QuantizerCheck.same(found.get(1), golden, scope, "grad_X", limit);
      QuantizerCheck.same(found.get(2), golden, scope, "grad_W0", limit);
      if (norm.size() > 0) {
        QuantizerCheck.same(found.get(3), golden, scope, "grad_norm_weight", limit);
      }
    }
  }
}
