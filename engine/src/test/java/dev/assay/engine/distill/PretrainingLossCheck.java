package dev.assay.engine.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** What MiniLLM adds of plain text: labels and teacher, in shares. */
public final class PretrainingLossCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    GoldenLoss expected = new GoldenLoss(scope, golden);
    NDArray logits = expected.input("student_logits");
    Sample sample = Sample.whole(expected.input("labels"));
    sample.logits(logits, expected.input("teacher_logits"));
    ModelSizes sizes = GoldenLoss.sizes(logits);
    TermBuild build = new TermBuild(scope, sizes, List.of(sizes), 1);
    TermModule plain = CrossEntropy.plain().module(build);
    TermModule soft =
        new SoftTargets(new DivergenceForm.SoftCrossEntropy(), Soft.at(1, false)).module(build);
    double share = expected.number("kd_ratio");
    try (Bench labels = new Bench(scope, plain);
        Bench teacher = new Bench(scope, soft);
        Bench both = new Bench(scope, new Terms().plus(1 - share, plain).plus(share, soft).sum())) {
      expected.part(labels.value(sample), "lm_loss");
      expected.part(teacher.value(sample), "ds_loss");
      Bench.Found found = both.run(sample);
      expected.loss(found.loss());
      expected.close(
          found.gradient(Sample.Kind.LOGITS, 0), "grad_student", golden.tolerance("grad_abs"));
    }
  }
}
