package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** Batches of a step in one, in two, and sequence by sequence. */
public final class AccumulationCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    new Case(scope, golden).check();
  }

  private record Found(double loss, NDArray gradient) {}

  private record Case(NDManager scope, GoldenCase golden) {
    void check() {
      NDArray states = golden.input(scope, "hidden").duplicate();
      NDArray labels = golden.input(scope, "labels").toType(DataType.INT64, true);
      int rows = Math.toIntExact(labels.getShape().get(0));
      double limit = golden.tolerance("abs");
      ModuleNode root =
          new ModuleNode(ScriptClass.of(AccumulationCheck.class, "headed.Headed"))
              .with("term", term())
              .with("weight", golden.input(scope, "weight"));
      try (ScriptModule script = ScriptModule.load(scope, root.object())) {
        script.load(root.tensors());
        BatchCounts all = counts(labels, 0, rows);
        assertThat(all.scored()).isEqualTo(golden.scalar("scored_tokens"));
        Found whole = of(script, states, labels, 0, rows, all);
        same(whole, "full", limit);
        Found first = of(script, states, labels, 0, 2, all);
        Found second = of(script, states, labels, 2, rows, all);
        Found sum =
            new Found(first.loss() + second.loss(), first.gradient().add(second.gradient()));
        same(sum, "full", limit + golden.scalar("accumulated_equals_full_max_abs"));
        same(mean(script, states, labels, 2), "mean_of_means", limit);
        same(mean(script, states, labels, 1), "sequence_means", limit);
      }
    }

    /** Runs of rows each by its own count. */
    private Found mean(ScriptModule script, NDArray states, NDArray labels, int size) {
      int rows = Math.toIntExact(labels.getShape().get(0));
      double loss = 0;
      NDArray gradient = null;
      for (int at = 0; at < rows; at += size) {
        Found own = of(script, states, labels, at, at + size, counts(labels, at, at + size));
        double share = (double) size / rows;
        loss += own.loss() * share;
        NDArray part = own.gradient().mul(share);
        gradient = gradient == null ? part : gradient.add(part);
      }
      return new Found(loss, java.util.Objects.requireNonNull(gradient));
    }

    private ModuleNode term() {
      WeightedTerm term = RunLoss.crossEntropy();
      return TrainingLoss.of(scope, List.of(term), RunLoss.smallest(), List.of(), 0)
          .modules()
          .get(0);
    }

    private BatchCounts counts(NDArray labels, int from, int to) {
      BatchCounts counts = BatchCounts.NONE;
      for (int row = from; row < to; row++) {
        long scored = 0;
        for (long label : labels.get(row).toLongArray()) {
          scored += label == TrainingBatch.UNSCORED ? 0 : 1;
        }
        counts = counts.plus(BatchCounts.of((double) scored, (double) labels.getShape().get(1)));
      }
      return counts;
    }

    private Found of(
        ScriptModule script, NDArray states, NDArray labels, int from, int to, BatchCounts counts) {
      String rows = from + ":" + to;
      List<NDArray> found =
          script.callWithAutograd(
              scope,
              "gradients",
              List.of(states.get(rows).duplicate(), labels.get(rows).duplicate()),
              scope.create(counts.values(), new Shape(6)));
      return new Found(found.get(0).toFloatArray()[0], found.get(1));
    }

    private void same(Found found, String name, double limit) {
      assertThat(found.loss())
          .as(name)
          .isCloseTo(golden.scalar("loss_" + name), within(limit * 10));
      assertThat(found.gradient().toFloatArray())
          .as(name)
          .containsExactly(
              golden.tensor(scope, "grad_" + name).toFloatArray(), within((float) limit));
    }
  }
}
