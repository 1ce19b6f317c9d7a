package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Whole runs of training: loss and norm of each step, and what is left of the model. */
public final class TrainingRunCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    new Run(torch, scope, golden).check(false);
    new Run(torch, scope, golden).check(true);
  }

  private record Run(TorchSession torch, NDManager scope, GoldenCase golden) {
    void check(boolean recomputes) {
      TrainedFixture student =
          TrainedFixture.read(torch, scope, golden.path("model"), LinearForm.FLOAT32);
      RunSteps run =
          new RunSteps(scope, golden, new RunBatches(scope, golden, student.model().spec()));
      RunLoss loss = RunLoss.of(torch, scope, golden, student.model().spec());
      List<ModelTrainer.Learned> learned =
          new RunParameters(golden, student.model()).learned(torch);
      try (ModelTrainer trainer =
          new ModelTrainer(
              torch,
              student.model(),
              loss.teachers(),
              loss.terms(),
              learned,
              run.optimizer(),
              recomputes)) {
        run.steps(trainer);
        run.logits(trainer);
      }
      golden
          .tensors("param.")
          .forEach(name -> parameter(student.model(), name.substring("param.".length())));
    }

    private void parameter(TrainableModel student, String name) {
      NDArray found = Objects.requireNonNull(student.values().get(name), name).tensor();
      NDArray expected = golden.tensor(scope, "param." + name);
      assertThat(stored(found, name, expected).toFloatArray())
          .as(name)
          .containsExactly(expected.toFloatArray(), within((float) golden.tolerance("param_abs")));
    }

    /** What of a parameter the case has: some rows, or the first rows and columns. */
    private NDArray stored(NDArray found, String name, NDArray expected) {
      String module = name.substring(0, name.lastIndexOf('.'));
      String part = module.substring(module.lastIndexOf('.') + 1);
      String rule = golden.parameter("stored_slices").path(part).asText();
      if (rule.startsWith("rows")) {
        long[] rows =
            Pattern.compile("[0-9]+")
                .matcher(rule)
                .results()
                .mapToLong(each -> Long.parseLong(each.group()))
                .toArray();
        return found.get(scope.create(rows));
      }
      NDArray first = found.get(":" + expected.getShape().get(0));
      return expected.getShape().dimension() > 1
          ? first.get(":, :" + expected.getShape().get(1))
          : first;
    }
  }
}
