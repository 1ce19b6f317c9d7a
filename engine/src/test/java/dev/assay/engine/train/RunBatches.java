package dev.assay.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.model.ModelSpec;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The batches of a golden run, one after the other and from the first again. */
record RunBatches(NDManager scope, GoldenCase golden, ModelSpec spec) {
  TrainingBatch of(int step) {
    long[][][] ids = read("ids");
    int at = step % ids.length;
    long[][] labels = read("labels")[at];
    long[][] mask = read("attention_mask")[at];
    return switch (spec.kind()) {
      case CAUSAL -> new TrainingBatch(ids[at], mask, Labels.shifted(labels));
      case ENCODER_DECODER ->
          new TrainingBatch(
              Labels.begun(labels, spec.startToken()),
              all(labels, 1),
              labels,
              null,
              new TrainingBatch.Source(ids[at], mask));
      case MASKED, CLASSIFIER ->
          new TrainingBatch(ids[at], mask, labels, read("token_type_ids")[at], null);
    };
  }

  /** What the trained model is shown in the end. */
  TrainingBatch shown() {
    return switch (spec.kind()) {
      case CAUSAL -> alone(spec.family().equals("opt") ? first(7) : evaluated());
      case ENCODER_DECODER -> {
        long[][] source = {read("ids")[0][0]};
        long[][] written = {{0, 5, 9}};
        yield new TrainingBatch(
            written,
            all(written, 1),
            written,
            null,
            new TrainingBatch.Source(source, all(source, 1)));
      }
      case MASKED, CLASSIFIER ->
          new TrainingBatch(
              new long[][] {read("ids")[1][0]},
              new long[][] {read("attention_mask")[1][0]},
              new long[][] {read("labels")[1][0]},
              new long[][] {read("token_type_ids")[1][0]},
              null);
    };
  }

  /** The places of it whose logits the case has. */
  int[] places() {
    return switch (spec.kind()) {
      case CAUSAL ->
          spec.family().equals("opt")
              ? new int[] {5, 6}
              : IntStream.range(evaluated().length - 3, evaluated().length).toArray();
      case ENCODER_DECODER -> new int[] {2};
      case MASKED, CLASSIFIER -> new int[] {2, 3};
    };
  }

  private long[] evaluated() {
    return golden.input(scope, "eval_ids").toType(DataType.INT64, true).toLongArray();
  }

  private long[] first(int tokens) {
    return Arrays.copyOf(read("ids")[0][0], tokens);
  }

  private static TrainingBatch alone(long[] ids) {
    long[][] rows = {ids};
    return new TrainingBatch(rows, all(rows, 1), rows);
  }

  private static long[][] all(long[][] like, long value) {
    return Arrays.stream(like)
        .map(row -> Arrays.stream(row).map(id -> value).toArray())
        .toArray(long[][]::new);
  }

  private long[][][] read(String input) {
    NDArray values = golden.input(scope, input).toType(DataType.INT64, true);
    int batches = Math.toIntExact(values.getShape().get(0));
    int rows = Math.toIntExact(values.getShape().get(1));
    long[][][] read = new long[batches][rows][];
    for (int batch = 0; batch < batches; batch++) {
      for (int row = 0; row < rows; row++) {
        read[batch][row] = values.get(batch).get(row).toLongArray();
      }
    }
    return read;
  }
}
