package dev.assay.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.model.CacheTable;
import dev.assay.engine.model.StaticGrid;
import dev.assay.engine.run.CacheCheck;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import java.nio.ByteBuffer;

/** Keys and values on grids that were found before. */
final class StaticCheck {
  private static final float SCALE_RELATIVE = 1e-6f;

  private final TorchSession torch;
  private final NDManager scope;
  private final GoldenCase golden;
  private final ScriptModule caches;

  StaticCheck(TorchSession torch, NDManager scope, GoldenCase golden) {
    this.torch = torch;
    this.scope = scope;
    this.golden = golden;
    this.caches =
        ScriptModule.load(
            scope,
            new ModuleNode(ScriptClass.of(CacheCheck.class, "caching.StaticRounding")).object());
  }

  /** By the range of the first tokens; later ones saturate. */
  void byPrompt() {
    assertThat(golden.rule("bytes")).isEqualTo("at least 99.9% exact");
    int prompt = golden.parameter("prefill").intValue();
    long beyond = 0;
    for (String which : new String[] {"K", "V"}) {
      NDArray x = golden.input(scope, which);
      NDArray first = x.get(":, :, 0:" + prompt);
      StaticRange range = new StaticRange(1);
      range.see(0, first.min().getFloat(), first.max().getFloat());
      StaticGrid grid = range.floats();
      requireScales(grid, golden.tensor(scope, which + "_scale"));
      NDArray stored = encode(x, grid);
      assertThat(equalBytes(stored, golden.tensor(scope, which + "_bytes")))
          .as(which)
          .isGreaterThanOrEqualTo(0.999);
      if (golden.has(which)) {
        float most = 448 * grid.scales().array()[0];
        beyond += x.abs().gt(most).toType(DataType.INT64, false).sum().getLong();
        assertThat(
                Agreement.of(decode(stored, grid), golden.tensor(scope, which)).equalFraction(1e-5))
            .isGreaterThanOrEqualTo(0.999);
      }
    }
    assertThat((double) beyond).isEqualTo(golden.scalar("entries_beyond_range"));
  }

  /** By the range of all tokens, in several forms. */
  void byAll() {
    assertThat(golden.rule("codes")).isEqualTo("at least 99.9% exact");
    assertThat(golden.tolerance("scale_rel")).isGreaterThanOrEqualTo(SCALE_RELATIVE);
    NDArray x = golden.input(scope, "K");
    for (JsonNode variant : golden.parameter("variants")) {
      String name = variant.asText() + ".";
      String[] parts = variant.asText().split("[.]", -1);
      int heads = parts[1].equals("tensor") ? 1 : (int) x.getShape().get(1);
      StaticRange range = new StaticRange(heads);
      for (int head = 0; head < heads; head++) {
        NDArray share = heads == 1 ? x : x.get(":, " + head);
        range.see(head, share.min().getFloat(), share.max().getFloat());
      }
      boolean floats = parts[0].equals("fp8");
      StaticGrid grid =
          floats
              ? range.floats()
              : range.steps(Integer.parseInt(parts[0].substring(3)), parts[2].equals("sym"));
      requireScales(grid, golden.tensor(scope, name + "scale"));
      if (golden.has(name + "zero")) {
        assertThat(grid.zeros().array())
            .isEqualTo(
                golden.tensor(scope, name + "zero").toType(DataType.FLOAT32, true).toFloatArray());
      }
      NDArray stored = encode(x, grid);
      NDArray wanted = golden.tensor(scope, name + "codes");
      double equal =
          floats
              ? equalBytes(stored, wanted)
              : Agreement.of(codes(stored, grid), wanted).equalFraction(0);
      assertThat(equal).as(name).isGreaterThanOrEqualTo(0.999);
    }
  }

  private void requireScales(StaticGrid grid, NDArray wanted) {
    float[] found = grid.scales().array();
    float[] expected = wanted.toFloatArray();
    assertThat(found).hasSize(expected.length);
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] / expected[i] - 1)).isLessThanOrEqualTo(SCALE_RELATIVE);
    }
  }

  private NDArray encode(NDArray x, StaticGrid grid) {
    return caches.call(scope, "encode", x, table(grid.scales()), table(grid.zeros()), bits(grid));
  }

  private NDArray decode(NDArray stored, StaticGrid grid) {
    return caches.call(
        scope, "decode", stored, table(grid.scales()), table(grid.zeros()), bits(grid));
  }

  private NDArray codes(NDArray stored, StaticGrid grid) {
    return caches.call(scope, "codes", stored, bits(grid));
  }

  private NDArray table(CacheTable table) {
    return torch
        .tensors()
        .copy(scope, Tensors.of(scope, table.array(), new Shape(table.size(), 1, 1).getShape()));
  }

  private static long bits(StaticGrid grid) {
    return grid.form() == StaticGrid.Form.FP8 ? 0 : grid.bits();
  }

  private double equalBytes(NDArray stored, NDArray wanted) {
    ByteBuffer found = torch.tensors().bytes(stored);
    ByteBuffer expected = torch.tensors().bytes(wanted);
    assertThat(found.remaining()).isEqualTo(expected.remaining());
    int equal = 0;
    int all = found.remaining();
    while (found.hasRemaining()) {
      equal += found.get() == expected.get() ? 1 : 0;
    }
    return (double) equal / all;
  }
}
