package dev.assay.engine.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.GoldenCase;
import java.util.List;
import java.util.stream.IntStream;

/** The cases of losses on inner layers. */
record StateCases(GoldenLoss expected, GoldenCase golden) {
  private static final Sample.Kind STATES = Sample.Kind.STATES;
  private static final Sample.Kind LOGITS = Sample.Kind.LOGITS;

  StateCase of() {
    return switch (golden.algorithm()) {
      case "fitnets" -> projected(new Hint(), false).own("filters.0.weight", "proj_weight");
      case "hidden_mse" -> affine(projected(new HiddenMse(Projection.SHARED), true), "");
      case "hidden_cosine" -> affine(projected(new HiddenCosine(Projection.SHARED), true), "");
      case "fsp" -> channels();
      case "nst_gram" -> tokens();
      case "rkd_distance" -> embeddings(new Relational(1, 0, Pooling.MEAN));
      case "rkd_angle" -> embeddings(new Relational(0, 1, Pooling.MEAN));
      case "rkd" ->
          embeddings(
              new Relational(
                  expected.number("distance_weight"),
                  expected.number("angle_weight"),
                  Pooling.MEAN));
      case "linear_cka" -> embeddings(new KernelAlignment());
      case "pkd_patience" -> patience();
      case "attention_transfer" -> maps();
      case "distilbert_triple" -> distilBert();
      case "tinybert" -> tinyBert(new TinyBert(1, 1));
      case "minilm_v1", "minilm_v2" -> relations();
      case "ted" -> ted();
      default -> throw new IllegalArgumentException(golden.algorithm());
    };
  }

  private StateCase projected(StateForm form, boolean masked) {
    Sample sample = masked ? StateCase.masked(expected) : StateCase.plain(expected, 3, 6);
    return new StateCase(
            expected,
            StateCase.first(form),
            StateCase.sizes(1, 8, 1, 1),
            StateCase.sizes(1, 12, 1, 1),
            sample)
        .student(STATES, 1, "hidden_student")
        .teacher(STATES, 1, "hidden_teacher");
  }

  private static StateCase affine(StateCase of, String prefix) {
    return of.own(prefix + "filters.0.weight", "proj_weight")
        .own(prefix + "filters.0.bias", "proj_bias");
  }

  private StateCase channels() {
    ModelSizes sizes = StateCase.sizes(2, 12, 1, 1);
    return new StateCase(
            expected,
            StateCase.listed(new ChannelProducts(), List.of(1, 2), List.of(1, 2)),
            sizes,
            sizes,
            StateCase.masked(expected))
        .student(STATES, 1, "hidden_student_2")
        .student(STATES, 2, "hidden_student_3")
        .teacher(STATES, 1, "hidden_teacher")
        .teacher(STATES, 2, "hidden_teacher_2");
  }

  private StateCase tokens() {
    return new StateCase(
            expected,
            StateCase.listed(new TokenProducts(true), List.of(1, 1), List.of(1, 2)),
            StateCase.sizes(2, 8, 1, 1),
            StateCase.sizes(2, 12, 1, 1),
            StateCase.masked(expected))
        .student(STATES, 1, "hidden_student")
        .teacher(STATES, 1, "hidden_teacher")
        .teacher(STATES, 2, "hidden_teacher_2");
  }

  /** An embedding an example: sequences of a token for some, tokens of one sequence for others. */
  private StateCase embeddings(StateForm form) {
    NDArray its = expected.input("emb_student");
    NDArray others = expected.input("emb_teacher");
    long count = its.getShape().get(0);
    StateCase found =
        new StateCase(
            expected,
            StateCase.first(form),
            StateCase.sizes(1, its.getShape().get(1), 1, 1),
            StateCase.sizes(1, others.getShape().get(1), 1, 1),
            StateCase.plain(expected, count, 1));
    found.sample.student(STATES, 1, its.expandDims(1));
    found.sample.teacher(1, STATES, 1, others.expandDims(1));
    found.gradients.put("grad_emb_student", bench -> bench.gradient(STATES, 1).squeeze(1));
    return found;
  }

  private StateCase patience() {
    boolean normalised = golden.parameter("normalize_patience").booleanValue();
    NDArray its = expected.input("patience_student");
    NDArray others = expected.input("patience_teacher");
    int layers = Math.toIntExact(its.getShape().get(1));
    List<Integer> all = IntStream.rangeClosed(1, layers).boxed().toList();
    ModelSizes sizes = StateCase.sizes(layers, its.getShape().get(2), 1, 1);
    StateCase found =
        new StateCase(
            expected,
            StateCase.listed(new Patience(Pooling.FIRST, normalised), all, all),
            sizes,
            sizes,
            StateCase.plain(expected, its.getShape().get(0), 1));
    for (int layer : all) {
      String at = ":, %d:%d".formatted(layer - 1, layer);
      found.sample.student(STATES, layer, its.get(at));
      found.sample.teacher(1, STATES, layer, others.get(at));
    }
    found.gradients.put(
        "grad_patience_student",
        bench ->
            NDArrays.concat(
                new NDList(all.stream().map(layer -> bench.gradient(STATES, layer)).toList()), 1));
    return found;
  }

  /** Channels in front of places, which are tokens here. */
  private StateCase maps() {
    NDArray its = places(expected.input("map_student"));
    NDArray others = places(expected.input("map_teacher"));
    StateCase found =
        new StateCase(
            expected,
            StateCase.first(new AttentionTransfer()),
            StateCase.sizes(1, its.getShape().get(2), 1, 1),
            StateCase.sizes(1, others.getShape().get(2), 1, 1),
            StateCase.plain(expected, its.getShape().get(0), its.getShape().get(1)));
    found.sample.student(STATES, 1, its);
    found.sample.teacher(1, STATES, 1, others);
    found.gradients.put(
        "grad_map_student",
        bench ->
            bench
                .gradient(STATES, 1)
                .transpose(0, 2, 1)
                .reshape(expected.input("map_student").getShape()));
    return found;
  }

  private static NDArray places(NDArray map) {
    return map.reshape(map.getShape().get(0), map.getShape().get(1), -1).transpose(0, 2, 1);
  }

  private StateCase distilBert() {
    boolean masked = golden.parameter("mlm").booleanValue();
    Tokens tokens =
        golden.parameter("restrict_ce_to_mask").booleanValue() ? Tokens.SCORED : Tokens.ATTENDED;
    NDArray labels =
        masked ? expected.input("mlm_labels") : expected.shifted(expected.input("clm_labels"));
    ModelSizes sizes = StateCase.sizes(1, 12, 1, 1);
    return new StateCase(
            expected,
            new DistilBert(
                expected.number("temperature"),
                expected.number("alpha_ce"),
                expected.number(masked ? "alpha_mlm" : "alpha_clm"),
                expected.number("alpha_cos"),
                expected.number("alpha_mse"),
                tokens,
                Tokens.ATTENDED),
            sizes,
            sizes,
            new Sample(expected.input("attention_mask"), labels))
        .student(LOGITS, 0, "mlm_student_logits")
        .teacher(LOGITS, 0, "mlm_teacher_logits")
        .student(STATES, 1, "last_hidden_student")
        .teacher(STATES, 1, "last_hidden_teacher");
  }

  StateCase tinyBert(TinyBert form) {
    int its = golden.parameter("student_layers").intValue();
    int others = golden.parameter("teacher_layers").intValue();
    StateCase found =
        new StateCase(
            expected,
            new StateTerm(form, new Compared(null, null, null, Tokens.ATTENDED)),
            StateCase.sizes(its, 8, 3, 3),
            StateCase.sizes(others, 12, 3, 3),
            StateCase.plain(expected, 3, 6));
    for (int i = 0; i <= its; i++) {
      found.student(STATES, i, "tiny_student_states_" + i);
    }
    for (int i = 0; i <= others; i++) {
      found.teacher(STATES, i, "tiny_teacher_states_" + i);
    }
    for (int i = 0; i < its; i++) {
      found.student(Sample.Kind.SCORES, i, "tiny_student_scores_" + i);
    }
    for (int i = 0; i < others; i++) {
      found.teacher(Sample.Kind.SCORES, i, "tiny_teacher_scores_" + i);
    }
    return form.states() == 0 ? found : affine(found, "terms.0.term.");
  }

  private StateCase relations() {
    int heads = golden.parameter("relation_heads").intValue();
    StateForm form =
        golden.algorithm().equals("minilm_v1")
            ? new MiniLm(weight("qk"), weight("vv"), false)
            : new MiniLmV2(heads, weight("qq"), weight("kk"), weight("vv"), false);
    return new StateCase(
            expected,
            StateCase.first(form),
            StateCase.sizes(1, 8, heads, 8),
            StateCase.sizes(1, 16, heads, 16),
            StateCase.masked(expected))
        .student(Sample.Kind.QUERIES, 0, "rel_student_q")
        .student(Sample.Kind.KEYS, 0, "rel_student_k")
        .student(Sample.Kind.VALUES, 0, "rel_student_v")
        .teacher(Sample.Kind.QUERIES, 0, "rel_teacher_q")
        .teacher(Sample.Kind.KEYS, 0, "rel_teacher_k")
        .teacher(Sample.Kind.VALUES, 0, "rel_teacher_v");
  }

  private double weight(String relation) {
    return golden.parameter("relations").path(relation).asDouble();
  }

  /** A class an example, and states of more tokens, which the teacher's filters let through. */
  private StateCase ted() {
    NDArray logits = expected.input("ted_student_logits").expandDims(1);
    NDArray others = expected.input("ted_teacher_logits").expandDims(1);
    ModelSizes its = new ModelSizes(2, 8, 4, 1, 1, 1, 1);
    ModelSizes theirs = new ModelSizes(2, 12, 4, 1, 1, 1, 1);
    Sample sample = new Sample(StateCase.plain(expected, 3, 6).mask(), lone());
    StateCase found =
        new StateCase(
            expected,
            new Ted(
                expected.number("kl_alpha"),
                expected.number("mse_alpha"),
                expected.number("temperature"),
                new FilterForm(1, null, false, Tokens.ATTENDED),
                null),
            its,
            theirs,
            sample);
    sample.student(LOGITS, 0, spread(logits));
    sample.teacher(1, LOGITS, 0, spread(others));
    found.gradients.put("grad_ted_student_logits", bench -> bench.gradient(LOGITS, 0).get(":, 0"));
    for (int i = 0; i < 2; i++) {
      String filter = "terms.2.term.filters." + i;
      String target = "terms.2.term.targets." + i;
      found
          .student(STATES, i + 1, "tiny_student_states_" + (i + 1))
          .teacher(STATES, i + 1, "ted_teacher_filtered_" + i)
          .own(filter + ".weight", "ted_filter_weight_" + i)
          .own(filter + ".bias", "ted_filter_bias_" + i);
      found.own.put(target + ".weight", expected.scope().eye(12));
      found.own.put(target + ".bias", expected.scope().zeros(new Shape(12)));
    }
    return found;
  }

  /** Labels at the first of six tokens. */
  private NDArray lone() {
    NDArray labels = expected.input("ted_labels").expandDims(1);
    return labels.concat(labels.zerosLike().sub(100).repeat(1, 5), 1);
  }

  private static NDArray spread(NDArray logits) {
    return logits.repeat(1, 6);
  }
}
