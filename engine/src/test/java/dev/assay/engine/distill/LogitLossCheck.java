package dev.assay.engine.distill;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptObject;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Map;

/** A loss on logits, with its gradient. */
public final class LogitLossCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    GoldenLoss expected = new GoldenLoss(scope, golden);
    NDArray logits = expected.input("student_logits");
    List<NDArray> teachers = expected.teachers();
    Sample sample = Sample.whole(labels(expected, logits));
    sample.logits(logits, teachers.toArray(NDArray[]::new));
    ModelSizes sizes = GoldenLoss.sizes(logits);
    List<ModelSizes> theirs = teachers.stream().map(GoldenLoss::sizes).toList();
    TermModule module = LogitCases.term(golden).module(new TermBuild(scope, sizes, theirs, 1));
    try (Bench bench = new Bench(scope, module)) {
      Bench.Found found = bench.run(sample, counts(bench, sample, golden));
      expected.loss(found.loss());
      NDArray gradient = found.gradient(Sample.Kind.LOGITS, 0);
      double most = golden.tolerance("grad_abs");
      if (golden.has("grad_student_definition")) {
        expected.close(gradient, "grad_student_definition", most);
        // The published code's are no numbers anywhere.
        NDArray nan = golden.tensor(scope, "published_grad_is_nan");
        assertThat(nan.toType(DataType.INT64, false).min().getLong()).isOne();
      } else {
        expected.close(gradient, "grad_student", most);
      }
    }
    if (golden.has("ratio_head")) {
      ratios(expected, logits, teachers.get(0));
    }
  }

  private static NDArray labels(GoldenLoss expected, NDArray logits) {
    if (!expected.golden().takes("labels")) {
      Shape shape = logits.getShape();
      return expected.scope().zeros(new Shape(shape.get(0), shape.get(1)), DataType.INT64);
    }
    NDArray labels = expected.input("labels");
    boolean unshifted = expected.golden().algorithm().equals("causal_lm_loss");
    return unshifted ? expected.shifted(labels) : labels;
  }

  /** Of the batch, but where the case says of how many items it is one. */
  private static NDArray counts(Bench bench, Sample sample, GoldenCase golden) {
    NDArray counts = bench.counts(sample);
    JsonNode items = golden.parameter("num_items_in_batch");
    if (items.isNumber()) {
      double[] numbers = counts.toDoubleArray();
      numbers[0] = items.doubleValue();
      return counts.getManager().create(numbers);
    }
    return counts;
  }

  /** How the two divergences are weighted, at every position. */
  private static void ratios(GoldenLoss expected, NDArray logits, NDArray teacher) {
    ScriptObject root =
        new ScriptObject(ScriptClass.of(LogitLossCheck.class, "ratios.Ratios"), Map.of());
    try (ScriptModule script = ScriptModule.load(expected.scope(), root)) {
      double mass = expected.golden().parameter("mu").doubleValue();
      NDArray head = script.call(expected.scope(), "head", logits, teacher, mass);
      expected.close(head, "ratio_head", 1e-5);
      expected.close(head.mul(-1).add(1), "ratio_tail", 1e-5);
    }
  }
}
