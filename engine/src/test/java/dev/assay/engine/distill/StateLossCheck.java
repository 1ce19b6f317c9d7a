package dev.assay.engine.distill;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** A loss on states, scores, queries, keys and values, with all gradients. */
public final class StateLossCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    GoldenLoss expected = new GoldenLoss(scope, golden);
    StateCase given = new StateCases(expected, golden).of();
    expected.loss(run(expected, given, true));
    parts(expected, golden);
  }

  private static double run(GoldenLoss expected, StateCase given, boolean gradients) {
    NDManager scope = expected.scope();
    TermModule module =
        given.term.module(new TermBuild(scope, given.student, List.of(given.teacher), 1));
    module.node().tensors().putAll(given.own);
    try (Bench bench = new Bench(scope, module)) {
      Bench.Found found = bench.run(given.sample);
      if (gradients) {
        given.gradients.forEach(
            (name, gradient) -> {
              if (expected.golden().has(name)) {
                expected.gradient(gradient.apply(found), name);
              }
            });
      }
      return found.loss();
    }
  }

  /** What the loss is a sum of, without weights. */
  private static void parts(GoldenLoss expected, GoldenCase golden) {
    if (golden.algorithm().equals("tinybert")) {
      StateCases cases = new StateCases(expected, golden);
      expected.part(run(expected, cases.tinyBert(new TinyBert(0, 1)), false), "part_att");
      expected.part(run(expected, cases.tinyBert(new TinyBert(1, 0)), false), "part_rep");
    } else if (golden.algorithm().equals("distilbert_triple")) {
      distilBert(expected, golden);
    } else if (golden.algorithm().equals("ted")) {
      StateCase given = new StateCases(expected, golden).of();
      TermBuild build = new TermBuild(expected.scope(), given.student, List.of(given.teacher), 1);
      expected.part(value(expected, CrossEntropy.plain().module(build), given.sample), "part_ce");
      double temperature = expected.number("temperature");
      expected.part(divergence(expected, given, build, Soft.at(temperature, true)), "part_kl");
      double all = run(expected, given, false);
      double rest =
          all - golden.scalar("part_ce") - expected.number("kl_alpha") * golden.scalar("part_kl");
      expected.part(rest / expected.number("mse_alpha"), "part_mse");
    }
  }

  private static void distilBert(GoldenLoss expected, GoldenCase golden) {
    StateCase given = new StateCases(expected, golden).of();
    DistilBert term = (DistilBert) given.term;
    TermBuild build = new TermBuild(expected.scope(), given.student, List.of(given.teacher), 1);
    Soft soft = Soft.at(term.temperature(), true).over(term.tokens());
    expected.part(divergence(expected, given, build, soft), "part_ce");
    String labels = golden.states("part_mlm") ? "part_mlm" : "part_clm";
    expected.part(value(expected, CrossEntropy.plain().module(build), given.sample), labels);
    TermModule cosine = StateCase.first(new HiddenCosine(Projection.NONE)).module(build);
    expected.part(value(expected, cosine, given.sample), "part_cos");
    if (golden.states("part_mse")) {
      TermModule mse = new LogitMse(Soft.at(1, false).over(term.tokens())).module(build);
      expected.part(value(expected, mse, given.sample), "part_mse");
    }
  }

  private static double divergence(
      GoldenLoss expected, StateCase given, TermBuild build, Soft soft) {
    LossTerm term = new SoftTargets(new DivergenceForm.ForwardKl(true), soft);
    return value(expected, term.module(build), given.sample);
  }

  private static double value(GoldenLoss expected, TermModule term, Sample sample) {
    try (Bench bench = new Bench(expected.scope(), term)) {
      return bench.value(sample);
    }
  }
}
