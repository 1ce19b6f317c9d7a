package dev.assay.engine.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** Logits of two vocabularies, beside the cross-entropy of labels. */
public final class UniversalLogitsCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    GoldenLoss expected = new GoldenLoss(scope, golden);
    NDArray logits = expected.input("student_logits");
    NDArray others = expected.input("teacher_logits");
    Sample sample = Sample.whole(expected.shifted(expected.input("student_labels")));
    sample.logits(logits, others);
    sample.teacher(1, Sample.Kind.LABELS, 0, expected.shifted(expected.input("teacher_labels")));
    boolean observed = golden.parameter("token_merge_strategy").asText().equals("observed");
    LossTerm term =
        new UniversalLogits(
            expected.number("student_temperature"),
            expected.number("teacher_temperature"),
            golden.parameter("skip_student_eos").booleanValue(),
            golden.parameter("skip_teacher_eos").booleanValue(),
            observed ? UniversalLogits.Positions.OBSERVED : UniversalLogits.Positions.PREDICTING);
    TermBuild build =
        new TermBuild(scope, GoldenLoss.sizes(logits), List.of(GoldenLoss.sizes(others)), 1);
    double labels = expected.number("crossentropy_weight");
    double universal = expected.number("distillation_weight");
    TermModule plain = CrossEntropy.plain().module(build);
    TermModule far = term.module(build);
    if (golden.states("crossentropy_part")) {
      expected.part(labels * value(scope, plain, sample), "crossentropy_part");
      expected.part(universal * value(scope, far, sample), "distillation_part");
    }
    TermModule both = new Terms().plus(labels, plain).plus(universal, far).sum();
    try (Bench bench = new Bench(scope, both)) {
      Bench.Found found = bench.run(sample);
      expected.loss(found.loss());
      expected.close(
          found.gradient(Sample.Kind.LOGITS, 0), "grad_student", golden.tolerance("grad_abs"));
    }
  }

  private static double value(NDManager scope, TermModule term, Sample sample) {
    try (Bench bench = new Bench(scope, term)) {
      return bench.value(sample);
    }
  }
}
