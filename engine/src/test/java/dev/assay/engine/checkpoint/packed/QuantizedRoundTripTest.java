package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.RawCheckpoint;
import dev.assay.engine.checkpoint.Weights;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;
import dev.assay.engine.weight.QuantizedWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Packed linears written to a checkpoint and read again. */
class QuantizedRoundTripTest extends TorchTest {
  @TempDir Path directory;

  record Case(GridForm grid, int out, int in, DataType scales) {}

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int bits : new int[] {2, 3, 4, 8}) {
      for (boolean symmetric : new boolean[] {true, false}) {
        for (boolean ordered : new boolean[] {true, false}) {
          GridForm grid = new GridForm(bits, 16, symmetric, ordered, Layout.GPTQ);
          cases.add(new Case(grid, 32, 64, DataType.FLOAT16));
          cases.add(new Case(grid, 7, 45, DataType.FLOAT32));
        }
        GridForm rows = new GridForm(bits, -1, symmetric, true, Layout.GPTQ);
        cases.add(new Case(rows, 33, 31, DataType.FLOAT16));
      }
    }
    for (int bits : new int[] {4, 8}) {
      for (boolean symmetric : new boolean[] {true, false}) {
        for (boolean ordered : new boolean[] {true, false}) {
          GridForm grid = new GridForm(bits, 16, symmetric, ordered, Layout.COMPRESSED_TENSORS);
          cases.add(new Case(grid, 32, 64, DataType.FLOAT16));
          cases.add(new Case(grid, 7, 45, DataType.FLOAT32));
        }
        GridForm rows = new GridForm(bits, -1, symmetric, true, Layout.COMPRESSED_TENSORS);
        cases.add(new Case(rows, 33, 31, DataType.FLOAT16));
      }
    }
    for (boolean symmetric : new boolean[] {true, false}) {
      GridForm grid = new GridForm(4, 16, symmetric, true, Layout.AWQ);
      cases.add(new Case(grid, 32, 64, DataType.FLOAT16));
      cases.add(new Case(grid, 11, 45, DataType.FLOAT32));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everythingComesBack(Case each) throws IOException {
    QuantizedWeight weight =
        Weights.random(scope, 7, each.out(), each.in(), each.grid(), each.scales());

    Checkpoint checkpoint = write(weight);

    QuantizedWeight read = (QuantizedWeight) checkpoint.linear(torch, scope, "l");
    assertThat(read.grid()).isEqualTo(each.grid());
    assertThat(read.codes().contentEquals(weight.codes())).isTrue();
    assertThat(read.scales().contentEquals(weight.scales())).isTrue();
    assertThat(read.zeros().contentEquals(weight.zeros())).isTrue();
    assertThat(read.groupIndex().toIntArray()).isEqualTo(weight.groupIndex().toIntArray());
    assertThat(checkpoint.quantization()).contains(QuantizationConfig.of(each.grid()));
    assertThat(checkpoint.linearBytes("l")).isEqualTo(weight.storedBytes());
    assertThat(checkpoint.weightBytes()).isEqualTo(weight.storedBytes());
    assertThat(checkpoint.parameters()).isEqualTo((long) each.out() * each.in());
  }

  /** 4 bits, groups of 128: the sum by hand. */
  @ParameterizedTest
  @CsvSource({
    // codes 256·128/2, zeros 2·128/2, scales 2·128·2, indices 256·4
    "GPTQ, 18048",
    // the same without indices
    "AWQ, 17024",
    // the same with a shape of 16 bytes
    "COMPRESSED_TENSORS, 17040",
  })
  void storedBytesByHand(Layout layout, long bytes) {
    GridForm grid = new GridForm(4, 128, false, true, layout);

    assertThat(Weights.random(scope, 1, 128, 256, grid, DataType.FLOAT16).storedBytes())
        .isEqualTo(bytes);
  }

  @Test
  void gridsOfTwoKindsThatTheFormatCannotName() {
    GridForm groups = new GridForm(4, 16, false, true, Layout.AWQ);
    GridForm rows = new GridForm(4, -1, false, true, Layout.AWQ);
    GridForm gptq = new GridForm(4, 16, false, true, Layout.GPTQ);
    try (CheckpointWriter writer = CheckpointWriter.create(torch, directory.resolve("model"))) {
      writer.putLinear("a", Weights.random(scope, 1, 8, 32, groups, DataType.FLOAT16));

      for (GridForm other : List.of(rows, gptq)) {
        assertThatThrownBy(
                () ->
                    writer.putLinear("b", Weights.random(scope, 1, 8, 32, other, DataType.FLOAT16)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("cannot hold both");
      }
    }
  }

  /** GPTQ's format has options for a module, compressed-tensors' groups of modules. */
  @ParameterizedTest
  @EnumSource(names = {"GPTQ", "COMPRESSED_TENSORS"})
  void gridsOfSeveralKinds(Layout layout) throws IOException {
    GridForm most = new GridForm(4, 16, true, true, layout);
    GridForm eight = new GridForm(8, -1, true, true, layout);
    GridForm three = new GridForm(3, 32, true, true, layout);
    Map<String, GridForm> grids =
        Map.of("m.0.a", most, "m.0.b", eight, "m.1.a", most, "m.1.b", three, "lm_head", eight);
    Path model = directory.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, model)) {
      grids.forEach(
          (name, grid) ->
              writer.putLinear(name, Weights.random(scope, 1, 32, 32, grid, DataType.FLOAT16)));
      writer.putDense("m.0.dense", scope.ones(new Shape(4, 4)));
      writer.finish(RawCheckpoint.source(directory.resolve("source")), "float16");
    }

    Checkpoint checkpoint = Checkpoint.open(model);

    grids.forEach(
        (name, grid) -> {
          QuantizedWeight wanted = Weights.random(scope, 1, 32, 32, grid, DataType.FLOAT16);
          QuantizedWeight found = (QuantizedWeight) checkpoint.linear(torch, scope, name);
          assertThat(found.grid()).isEqualTo(grid);
          assertThat(found.codes().contentEquals(wanted.codes())).isTrue();
          assertThat(found.zeros().contentEquals(wanted.zeros())).isTrue();
        });
    assertThat(checkpoint.isPacked("m.0.dense")).isFalse();
    assertThat(checkpoint.config().toString()).contains("dense");
  }

  @Test
  void oneLinearOutOfOrderMakesTheCheckpointActOrder() throws IOException {
    GridForm ordered = new GridForm(4, 16, false, true, Layout.GPTQ);
    GridForm other = new GridForm(4, 16, false, false, Layout.GPTQ);
    Path model = directory.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, model)) {
      writer.putLinear("a", Weights.random(scope, 1, 8, 32, ordered, DataType.FLOAT16));
      writer.putLinear("b", Weights.random(scope, 1, 8, 32, other, DataType.FLOAT16));
      writer.finish(RawCheckpoint.source(directory.resolve("source")), "float16");
    }

    Checkpoint checkpoint = Checkpoint.open(model);

    assertThat(checkpoint.quantization().orElseThrow().actOrder()).isTrue();
    assertThat(grid(checkpoint, "a")).isEqualTo(ordered);
    assertThat(grid(checkpoint, "b")).isEqualTo(other);
  }

  @Test
  void zerosBesideTheMiddleAreNotSymmetric() {
    GridForm grid = new GridForm(4, -1, true, true, Layout.GPTQ);
    QuantizedWeight weight = Weights.of(scope, 8, 8, grid, (r, c) -> 0, (r, g) -> 8 - r / 7);

    assertThatThrownBy(() -> write(weight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("zeros: found others than 8 on a symmetric grid");
  }

  /** The first scales are multiples of 1/16, which float16 has, the second any. */
  @Test
  void theCardNamesScalesThatFloat16WouldChange() throws IOException {
    GridForm grid = new GridForm(4, 16, false, true, Layout.GPTQ);
    Path model = directory.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, model)) {
      writer.putLinear("exact", Weights.of(scope, 8, 32, grid, (r, c) -> c % 16, (r, g) -> 3));
      writer.putLinear("other", Weights.random(scope, 1, 8, 32, grid, DataType.FLOAT32));
      writer.finish(RawCheckpoint.source(directory.resolve("source")), "float32");
    }

    assertThat(Files.readString(model.resolve("README.md"))).contains("get other values: other\n");
  }

  private GridForm grid(Checkpoint checkpoint, String prefix) {
    return ((QuantizedWeight) checkpoint.linear(torch, scope, prefix)).grid();
  }

  private Checkpoint write(QuantizedWeight weight) throws IOException {
    Path model = directory.resolve("model");
    try (CheckpointWriter writer = CheckpointWriter.create(torch, model)) {
      writer.putLinear("l", weight);
      writer.finish(RawCheckpoint.source(directory.resolve("source")), "float16");
    }
    return Checkpoint.open(model);
  }
}
