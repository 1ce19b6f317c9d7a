package dev.assay.engine.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlReader;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A term as a recipe has it, between two random models, over three sequences of unequal lengths.
 */
final class Scene {
  private static final int BATCH = 3;
  private static final int TOKENS = 5;
  private static final int KEPT = 3;
  private static final long[][] MASK = {{1, 1, 1, 1, 1}, {1, 1, 1, 1, 0}, {1, 1, 1, 0, 0}};
  private static final long[][] LABELS = {
    {-100, 4, 0, 7, -100}, {-100, -100, 9, 3, -100}, {2, 8, -100, -100, -100}
  };
  private static final ModelSizes STUDENT = new ModelSizes(4, 6, 11, 2, 8, 8, 8);
  private static final ModelSizes WIDER = new ModelSizes(8, 10, 11, 2, 12, 12, 12);
  private static final ModelSizes DEEPER = new ModelSizes(8, 6, 11, 2, 12, 12, 12);
  private static final List<String> OF_ONE_WIDTH = List.of("fsp", "patience", "distilbert");

  private final NDManager scope;
  final LossTerm term;
  final ModelSizes teacher;
  // With which nothing is nearly tied where order matters.
  private final Random random = new Random(11);

  Scene(NDManager scope, String yaml) {
    this.scope = scope;
    this.term = read(yaml);
    this.teacher = OF_ONE_WIDTH.contains(yaml.replaceAll(":.*", "")) ? DEEPER : WIDER;
  }

  static LossTerm read(String yaml) {
    return new TermReader()
        .read(YamlReader.parse(yaml, "a test"), KeyPath.ROOT, new YamlBinder())
        .term();
  }

  Bench bench() {
    return new Bench(scope, term.module(new TermBuild(scope, STUDENT, List.of(teacher), 3)));
  }

  Sample sample() {
    return fill(new Sample(table(MASK), table(LABELS)));
  }

  /** Nothing but padding. */
  Sample nothing() {
    NDArray mask = table(MASK);
    return fill(new Sample(mask.zerosLike(), mask.zerosLike().sub(100)));
  }

  /** Whose teacher is the student. */
  Sample twins() {
    Sample sample = new Sample(table(MASK), table(LABELS));
    NDArray logits = normal(new Shape(BATCH, TOKENS, STUDENT.vocabulary()), 2);
    return sample.logits(logits, logits);
  }

  private NDArray table(long[][] rows) {
    return scope.create(
        Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray(), new Shape(BATCH, TOKENS));
  }

  private Sample fill(Sample sample) {
    Needs needs = term.needs(STUDENT.layers(), teacher.layers());
    side(sample, 0, STUDENT, needs.student());
    side(sample, 1, teacher, needs.teacher());
    sample.teacher(1, Sample.Kind.LABELS, 0, sample.labels());
    long[] ids = new long[BATCH * TOKENS * KEPT];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (long) (i % KEPT) + i / KEPT % 5;
    }
    Shape kept = new Shape(BATCH, TOKENS, KEPT);
    sample.teacher(1, Sample.Kind.TOP_IDS, 0, scope.create(ids, kept));
    NDArray logs = normal(kept, 0.2).sub(2);
    sample.teacher(1, Sample.Kind.TOP_LOGS, 0, logs);
    NDArray rest = logs.exp().sum(new int[] {2}).mul(-1).add(1).log();
    return sample.teacher(1, Sample.Kind.TOP_TAIL, 0, rest);
  }

  private void side(Sample sample, int owner, ModelSizes sizes, Reads reads) {
    add(sample, owner, Sample.Kind.LOGITS, List.of(0), sizes.vocabulary());
    add(sample, owner, Sample.Kind.STATES, reads.states(), sizes.hidden());
    add(sample, owner, Sample.Kind.QUERIES, reads.queries(), sizes.queries());
    add(sample, owner, Sample.Kind.KEYS, reads.keys(), sizes.keys());
    add(sample, owner, Sample.Kind.VALUES, reads.values(), sizes.values());
    for (int layer : reads.scores()) {
      NDArray scores = normal(new Shape(BATCH, sizes.heads(), TOKENS, TOKENS), 1);
      put(sample, owner, Sample.Kind.SCORES, layer, scores);
    }
  }

  private void add(
      Sample sample, int owner, Sample.Kind kind, Iterable<Integer> numbers, int width) {
    for (int number : numbers) {
      put(sample, owner, kind, number, normal(new Shape(BATCH, TOKENS, width), 1));
    }
  }

  private static void put(Sample to, int owner, Sample.Kind kind, int number, NDArray x) {
    if (owner == 0) {
      to.student(kind, number, x);
    } else {
      to.teacher(owner, kind, number, x);
    }
  }

  NDArray normal(Shape shape, double scale) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return scope.create(values, shape).duplicate();
  }

  /** Some sequences of a sample. */
  Sample rows(Sample sample, int from, int to) {
    NDIndex rows = new NDIndex("%d:%d".formatted(from, to));
    Sample some = new Sample(sample.mask().get(rows), sample.labels().get(rows));
    sample
        .parts()
        .forEach(
            part -> put(some, part.owner(), part.kind(), part.number(), part.tensor().get(rows)));
    return some;
  }

  /** The same sequences with more padding, where models gave no numbers. */
  Sample padded(Sample sample, int more) {
    NDArray labels = pad(sample.labels(), 1, more);
    Sample wider = new Sample(longer(sample, more), labels);
    for (Sample.Part part : sample.parts()) {
      NDArray x = pad(part.tensor(), part.kind() == Sample.Kind.SCORES ? 2 : 1, more);
      if (part.kind() == Sample.Kind.SCORES) {
        x = pad(x, 3, more);
      }
      put(wider, part.owner(), part.kind(), part.number(), x);
    }
    return wider;
  }

  private NDArray longer(Sample sample, int more) {
    return sample.mask().concat(scope.zeros(new Shape(BATCH, more), DataType.INT64), 1);
  }

  private NDArray pad(NDArray x, int axis, int more) {
    long[] shape = x.getShape().getShape().clone();
    shape[axis] = more;
    boolean floating = x.getDataType().isFloating();
    NDArray filled =
        floating
            ? scope.full(new Shape(shape), Float.NaN, x.getDataType())
            : scope.full(new Shape(shape), shape.length == 2 ? -100 : 0, x.getDataType());
    return x.concat(filled, axis);
  }
}
