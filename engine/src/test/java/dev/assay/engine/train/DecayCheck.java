package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.model.Linear;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.torch.TorchSession;
import java.util.Set;
import java.util.TreeSet;

/** Which tensors of each family decay. */
public final class DecayCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    TrainableModel model =
        TrainedFixture.read(torch, scope, golden.path("model"), LinearForm.FLOAT32).model();
    Set<String> decayed = new TreeSet<>();
    Set<String> others = new TreeSet<>();
    model
        .values()
        .forEach(
            (name, value) -> (value.decays() ? decayed : others).add(stored(model, name, value)));
    assertThat(decayed).isEqualTo(names(golden, "decayed"));
    assertThat(others).isEqualTo(names(golden, "not_decayed"));
  }

  private static Set<String> names(GoldenCase golden, String key) {
    Set<String> names = new TreeSet<>();
    golden.structured(key).forEach(name -> names.add(name.asText()));
    return names;
  }

  /** The tensor that a value is stored in, with others where it is a part of a fused one. */
  private static String stored(TrainableModel model, String name, TrainedValue value) {
    if (value.layer() < 0) {
      return name.replace("embed_out", "lm_head");
    }
    String expert =
        name.replaceAll("block_sparse_moe.experts.[0-9]+.w2.weight", "mlp.experts.down_proj");
    String all =
        expert.replaceAll(
            "block_sparse_moe.experts.[0-9]+.w[13].weight", "mlp.experts.gate_up_proj");
    if (name.contains("block_sparse_moe")) {
      // Transformers 5 keeps all experts of a layer in one tensor.
      return all.replace("block_sparse_moe.gate", "mlp.gate");
    }
    var layout = model.spec().stacks().get(value.stack()).layer(value.layer()).layout();
    for (Linear linear : (Iterable<Linear>) layout.parts()::iterator) {
      if (linear.name().equals(value.name())) {
        return name.replace(linear.name() + ".weight", linear.tensor() + ".weight");
      }
      if (linear.biasName().equals(value.name())) {
        return name.replace(linear.biasName(), linear.tensor() + ".bias");
      }
    }
    return name;
  }
}
