package dev.assay.engine.train;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.distill.Combine;
import dev.assay.engine.distill.CrossEntropy;
import dev.assay.engine.distill.DivergenceForm;
import dev.assay.engine.distill.Hinton;
import dev.assay.engine.distill.LossTerm;
import dev.assay.engine.distill.Reduction;
import dev.assay.engine.distill.Soft;
import dev.assay.engine.distill.SoftTargets;
import dev.assay.engine.distill.Tokens;
import dev.assay.engine.distill.WeightedTerm;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** The loss of a golden run. */
record RunLoss(List<TrainableModel> teachers, List<ModuleNode> terms) {
  static RunLoss of(TorchSession torch, NDManager scope, GoldenCase golden, ModelSpec student) {
    if (!golden.parameter("teacher").isTextual()) {
      return plain(scope, student);
    }
    TrainableModel teacher =
        TrainedFixture.read(torch, scope, golden.path("teacher"), LinearForm.FLOAT32).model();
    JsonNode beta = golden.parameter("beta");
    LossTerm term =
        beta.isNumber()
            ? new SoftTargets(
                new DivergenceForm.GeneralizedJsd(beta.asDouble()),
                new Soft(1, false, Reduction.TOKENS, Tokens.SCORED, Combine.PROBABILITIES, null))
            : new Hinton(
                golden.parameter("temperature").asDouble(),
                golden.parameter("alpha").asDouble(),
                Reduction.TOKENS);
    return new RunLoss(
        List.of(teacher),
        TrainingLoss.of(
                scope, List.of(new WeightedTerm(1, term)), student, List.of(teacher.spec()), 0)
            .modules());
  }

  static RunLoss plain(NDManager scope, ModelSpec student) {
    return new RunLoss(
        List.of(),
        TrainingLoss.of(scope, List.of(crossEntropy()), student, List.of(), 0).modules());
  }

  static WeightedTerm crossEntropy() {
    return new WeightedTerm(1, new CrossEntropy(0, Reduction.TOKENS));
  }

  /** Some model, for terms that no model has to fit. */
  static ModelSpec smallest() {
    return ModelFixture.of("llama").architecture();
  }
}
