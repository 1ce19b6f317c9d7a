package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/** Keys under a grid for each token and head. */
public final class CacheCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.parameter("scale_dtype").asText()).isEqualTo("float16");
    assertThat(golden.parameter("zero").asText()).isEqualTo("PostScale");
    assertThat(golden.rule("codes")).isEqualTo("at least 99.9% exact");
    NDArray keys = golden.input(scope, "K");
    ScriptModule caches =
        ScriptModule.load(
            scope, new ModuleNode(ScriptClass.of(CacheCheck.class, "caching.Caching")).object());
    for (JsonNode bits : golden.parameter("bits")) {
      String name = "kv" + bits.intValue() + ".";
      NDArray grid = caches.call(scope, "grid", keys, bits.longValue()).get(0);
      NDArray codes = caches.call(scope, "codes", keys, bits.longValue()).get(0);
      NDArray values = caches.call(scope, "rounded", keys, bits.longValue()).get(0);

      assertThat(Agreement.of(codes, golden.tensor(scope, name + "codes")).equalFraction(0))
          .as(name)
          .isGreaterThanOrEqualTo(0.999);
      NDArray wide = grid.toType(DataType.FLOAT32, true);
      NDArray scale = golden.tensor(scope, name + "scale").toType(DataType.FLOAT32, true);
      NDArray zero = golden.tensor(scope, name + "zero").toType(DataType.FLOAT32, true);
      assertThat(Agreement.of(wide.get("..., 0").duplicate(), scale).greatestRelativeDifference())
          .isLessThanOrEqualTo(1e-3);
      assertThat(Agreement.of(wide.get("..., 1").duplicate(), zero).greatestRelativeDifference())
          .isLessThanOrEqualTo(1e-3);
      assertThat(
              Agreement.of(values, golden.tensor(scope, name + "dequant"))
                  .equalFraction(golden.tolerance("dequant_abs")))
          .as(name)
          .isGreaterThanOrEqualTo(0.999);
    }
  }
}
