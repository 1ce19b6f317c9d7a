package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.model.KiviCache;
import dev.assay.engine.model.Rope;
import dev.assay.engine.model.RopeScaling;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LinearModules;
import java.util.ArrayList;
import java.util.List;

/** An attention whose cache is KIVI's: a prompt at once, then token by token. */
public final class KiviAttentionCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    int heads = golden.parameter("heads").intValue();
    int width = golden.parameter("head_dim").intValue();
    KiviCache scheme =
        new KiviCache(
            golden.parameter("k_bits").intValue(),
            golden.parameter("v_bits").intValue(),
            golden.parameter("group_size").intValue(),
            golden.parameter("residual_length").intValue());
    List<NDArray> weights = new ArrayList<>();
    for (String name : List.of("q", "k", "v")) {
      weights.add(golden.tensor(scope, name + "_proj.weight"));
    }
    ModuleNode attention =
        Scripts.module("attention.Attention")
            .with("rotation", Scripts.module("position.HalfRotation"))
            .with(
                "scores",
                Scripts.module("attention.CausalScores")
                    .with("scale", 1 / Math.sqrt(width))
                    .with("window", 0)
                    .with("paired_elements", 0))
            .with("caches", new CacheModules(torch, scope).of(scheme))
            .with("unturned_keys", false)
            .with("num_heads", heads)
            .with("num_key_value_heads", heads)
            .with("head_dim", width)
            .with(
                "qkv_proj",
                LinearModules.module("DenseLinear")
                    .with("weight", torch.tensors().concatenate(scope, weights, 0)))
            .with(
                "o_proj",
                LinearModules.module("DenseLinear")
                    .with("weight", golden.tensor(scope, "o_proj.weight")));
    NDArray hidden = golden.tensor(scope, "hidden");
    ModuleNode root =
        new ModuleNode(ScriptClass.of(KiviAttentionCheck.class, "caching.KiviAttending"))
            .with(
                "positions",
                Scripts.module("position.RotaryPositions")
                    .without("cos")
                    .without("sin")
                    .without("long_cos")
                    .without("long_sin")
                    .with("switch", 1 << 20))
            .with("attention", attention);
    ScriptModule module = ScriptModule.load(scope, root.object());
    module.load(root.tensors());
    double theta = golden.parameter("rope_theta").doubleValue();
    module.run("extend", tables(scope, theta, width, (int) hidden.getShape().get(1)));

    List<NDArray> found =
        module.callForList(
            scope,
            "run",
            hidden,
            golden.parameter("prefill").longValue(),
            new long[] {scheme.keyBits(), scheme.valueBits()},
            (long) scheme.groupSize(),
            (long) scheme.residual());

    assertThat(golden.rule("cache_state")).isEqualTo("exact");
    assertThat(found.get(3).toIntArray())
        .isEqualTo(golden.tensor(scope, "cache_state").toIntArray());
    double most = golden.tolerance("output_abs");
    // A code on the other side of a boundary moves outputs: hence the share.
    assertThat(Agreement.of(found.get(0), golden.tensor(scope, "output")).equalFraction(most))
        .isGreaterThanOrEqualTo(0.99);
    assertThat(
            Agreement.of(found.get(1), golden.tensor(scope, "k_quantised_dequant"))
                .equalFraction(most))
        .isGreaterThanOrEqualTo(0.99);
    assertThat(
            Agreement.of(found.get(2), golden.tensor(scope, "v_quantised_dequant"))
                .equalFraction(most))
        .isGreaterThanOrEqualTo(0.99);
  }

  /** Each angle for both halves, the sines of the first negated. */
  private static List<NDArray> tables(NDManager scope, double theta, int width, int positions) {
    Rope rope = new Rope(theta, width, new RopeScaling.None(), Rope.Pairs.HALVES);
    NDArray cos = Tensors.of(scope, rope.cosines(positions, 1), positions, 1, width / 2);
    NDArray sin = Tensors.of(scope, rope.sines(positions, 1), positions, 1, width / 2);
    NDArray none = scope.create(new float[0]);
    return List.of(cos.concat(cos, -1), sin.neg().concat(sin, -1), none, none);
  }
}
