package dev.assay.engine.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.Parameter;
import dev.assay.engine.train.Schedule;
import dev.assay.engine.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Steps of plain SGD of a linear that is rounded. */
record QatRun(TorchSession torch, NDManager scope, GoldenCase golden) {
  private static final String WEIGHT = "W0";
  private static final String NORM = "norm_weight";

  /** Around a linear, with a norm where the case has a weight of one. */
  static ModuleNode bench(GoldenCase golden, ModuleNode linear, NDArray norm) {
    assertThat(golden.takes(NORM)).isEqualTo(golden.parameter("rms_norm").booleanValue());
    return new ModuleNode(ScriptClass.of(QatRun.class, "qat_bench.LinearBench"))
        .with("linear", linear)
        .with("norm", norm)
        .with("eps", golden.parameter("eps").asDouble());
  }

  /** The weight of the case's norm; empty where it has none. */
  static NDArray norm(NDManager scope, GoldenCase golden) {
    return golden.takes(NORM) ? golden.input(scope, NORM).duplicate() : scope.create(new float[0]);
  }

  void check() {
    CaseQuantizers quantizers = CaseQuantizers.of(scope, golden);
    NDArray weight = golden.input(scope, WEIGHT).duplicate();
    NDArray norm = norm(scope, golden);
    ModuleNode bench =
        bench(golden, FakeQuantizers.linear(weight, quantizers.weight(), quantizers.input()), norm);
    Map<String, NDArray> learned = new LinkedHashMap<>(quantizers.learned());
    learned.put(WEIGHT, weight);
    if (golden.takes(NORM)) {
      learned.put(NORM, norm);
    }
    double bound = golden.parameter("latent").isTextual() ? 1 : Double.POSITIVE_INFINITY;
    Map<String, String> names = new LinkedHashMap<>();
    List<Parameter> parameters = new ArrayList<>();
    learned.forEach(
        (name, tensor) -> {
          names.put(name, bench.nameOf(tensor));
          parameters.add(
              new Parameter(
                  bench.nameOf(tensor),
                  golden.parameter("lr").path(name).asDouble(),
                  -bound,
                  bound));
        });
    try (Trainer trainer =
        new Trainer(
            torch, bench, parameters, new Optimizer.Sgd(0, 0), new Schedule.Constant(), false)) {
      steps(trainer);
      Map<String, NDArray> finals = new LinkedHashMap<>();
      names.forEach((name, path) -> finals.put(name, held(trainer.parameter(path), bound)));
      double limit = golden.tolerance("param_abs");
      finals.forEach(
          (name, tensor) -> QuantizerCheck.same(tensor, golden, scope, "final_" + name, limit));
      codes(finals);
    }
  }

  private void steps(Trainer trainer) {
    List<NDArray> batch = List.of(golden.input(scope, "X"), golden.input(scope, "Y"));
    float[] losses = golden.tensor(scope, "loss").toFloatArray();
    assertThat(losses).hasSize(golden.parameter("steps").intValue());
    for (int step = 0; step < losses.length; step++) {
      assertThat(trainer.step(batch)[0])
          .as("loss of step %d", step)
          .isCloseTo(losses[step], within(golden.tolerance("loss_abs")));
    }
  }

  private NDArray held(NDArray tensor, double bound) {
    NDArray plain = tensor.stopGradient();
    plain.attach(scope);
    return Double.isInfinite(bound) ? plain : plain.clip(-bound, bound);
  }

  /** Of the weights, or of the inputs where weights are not rounded. */
  private void codes(Map<String, NDArray> finals) {
    boolean inputs = golden.parameter("codes").asText().equals("of the activations");
    CaseQuantizers fresh = CaseQuantizers.of(scope, golden);
    fresh
        .learned()
        .forEach((name, tensor) -> Objects.requireNonNull(finals.get(name), name).copyTo(tensor));
    ModuleNode quantizer = inputs ? fresh.input() : fresh.weight();
    ModuleNode root =
        new ModuleNode(ScriptClass.of(QatRun.class, "qat_bench.QuantizerBench"))
            .with("quantizer", quantizer);
    try (ScriptModule script = ScriptModule.load(scope, root.object())) {
      script.load(root.tensors());
      NDArray of =
          inputs ? golden.input(scope, "X") : Objects.requireNonNull(finals.get(WEIGHT), WEIGHT);
      float[] found = script.call(scope, "codes", of).toFloatArray();
      int[] expected = golden.tensor(scope, "codes").toIntArray();
      assertThat(found).hasSameSizeAs(expected);
      int equal = 0;
      for (int i = 0; i < found.length; i++) {
        equal += found[i] == expected[i] ? 1 : 0;
      }
      assertThat((double) equal / found.length)
          .isGreaterThanOrEqualTo(golden.tolerance("codes_equal_fraction_min"));
    }
  }
}
