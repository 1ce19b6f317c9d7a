package dev.assay.engine.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What a golden loss on inner layers is computed from. */
final class StateCase {
  private final GoldenLoss expected;
  final LossTerm term;
  final ModelSizes student;
  final ModelSizes teacher;
  final Sample sample;

  /** Where the gradients that the case has are found. */
  final Map<String, Function<Bench.Found, NDArray>> gradients = new LinkedHashMap<>();

  /** The inputs that are tensors of the term's own, by the names that it has for them. */
  final Map<String, NDArray> own = new LinkedHashMap<>();

  StateCase(
      GoldenLoss expected, LossTerm term, ModelSizes student, ModelSizes teacher, Sample sample) {
    this.expected = expected;
    this.term = term;
    this.student = student;
    this.teacher = teacher;
    this.sample = sample;
  }

  /** Tokens of which some are padding. */
  static Sample masked(GoldenLoss expected) {
    NDArray mask = expected.input("attention_mask");
    return new Sample(mask, mask.onesLike());
  }

  /** Tokens that are all there. */
  static Sample plain(GoldenLoss expected, long rows, long tokens) {
    return Sample.whole(expected.scope().zeros(new Shape(rows, tokens), DataType.INT64));
  }

  /** A model of the least size that has this. */
  static ModelSizes sizes(int layers, long hidden, int heads, long width) {
    int all = Math.toIntExact(width);
    return new ModelSizes(layers, Math.toIntExact(hidden), 11, heads, all, all, all);
  }

  /** Listed states, of all tokens but padding. */
  static LossTerm listed(StateForm form, List<Integer> student, List<Integer> teacher) {
    return new StateTerm(form, new Compared(null, student, teacher, Tokens.ATTENDED));
  }

  /** The same of the first layer of both. */
  static LossTerm first(StateForm form) {
    return listed(form, List.of(1), List.of(1));
  }

  StateCase student(Sample.Kind kind, int number, String input) {
    sample.student(kind, number, expected.input(input));
    gradients.put("grad_" + input, found -> found.gradient(kind, number));
    return this;
  }

  StateCase teacher(Sample.Kind kind, int number, String input) {
    sample.teacher(1, kind, number, expected.input(input));
    return this;
  }

  StateCase own(String name, String input) {
    own.put(name, expected.input(input));
    gradients.put("grad_" + input, found -> found.gradient("term." + name));
    return this;
  }
}
