package dev.assay.engine.distill;

import dev.assay.engine.config.CanonicalYaml;
import dev.assay.engine.config.Names;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kinds of terms that recipes can name. */
public final class TermTypes {
  private static final List<TermType> ALL =
      List.of(
          TermType.term("cross-entropy", CrossEntropy.class),
          TermType.term("hinton", Hinton.class),
          TermType.divergence("forward-kl", DivergenceForm.ForwardKl.class),
          TermType.divergence("soft-cross-entropy", DivergenceForm.SoftCrossEntropy.class),
          TermType.divergence("reverse-kl", DivergenceForm.ReverseKl.class),
          TermType.divergence("symmetric-kl", DivergenceForm.SymmetricKl.class),
          TermType.divergence("js", DivergenceForm.JensenShannon.class),
          TermType.divergence("total-variation", DivergenceForm.TotalVariation.class),
          TermType.divergence("skewed-forward-kl", DivergenceForm.SkewedForwardKl.class),
          TermType.divergence("skewed-reverse-kl", DivergenceForm.SkewedReverseKl.class),
          TermType.divergence("generalized-jsd", DivergenceForm.GeneralizedJsd.class),
          TermType.divergence("adaptive-kl", DivergenceForm.AdaptiveKl.class),
          TermType.divergence("top-k", DivergenceForm.TopK.class),
          TermType.term("cached-top-k", CachedTopK.class),
          new TermType("logit-mse", List.of(Soft.class), all -> new LogitMse((Soft) all.get(0))),
          TermType.term("uld", UniversalLogits.class),
          TermType.states("hint", Hint.class),
          TermType.states("hidden-mse", HiddenMse.class),
          TermType.states("hidden-cosine", HiddenCosine.class),
          TermType.states("fsp", ChannelProducts.class),
          TermType.states("nst", TokenProducts.class),
          TermType.states("cka", KernelAlignment.class),
          TermType.states("patience", Patience.class),
          TermType.states("attention-transfer", AttentionTransfer.class),
          TermType.states("attention-scores", AttentionScores.class),
          TermType.states("rkd", Relational.class),
          TermType.states("minilm", MiniLm.class),
          TermType.states("minilm-v2", MiniLmV2.class),
          TermType.states("tinybert", TinyBert.class),
          TermType.term("distilbert", DistilBert.class),
          TermType.term("ted", Ted.class),
          TermType.term("ted-filters", TedFilters.class));

  private TermTypes() {}

  /** All, in the order of the documentation. */
  public static List<TermType> all() {
    return ALL;
  }

  /** All names. */
  static Names names() {
    return new Names(ALL.stream().map(TermType::name).toList());
  }

  static Optional<TermType> find(String name) {
    return ALL.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  /** The name by which a recipe has a term. */
  public static String nameOf(WeightedTerm term) {
    if (term.term() instanceof PartialTerm some) {
      return nameOf(new WeightedTerm(term.weight(), some.term()));
    }
    return term.term() instanceof PolicyGradient ? PolicyGradient.NAME : type(term).name();
  }

  private static TermType type(WeightedTerm term) {
    return ALL.stream()
        .filter(
            each ->
                each.keys().get(0) == term.term().getClass()
                    || each.keys().get(0) == form(term.term()))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no term is made of " + term.term()));
  }

  /** What a term that is made of several records is first of all. */
  private static Class<?> form(LossTerm term) {
    if (term instanceof SoftTargets soft) {
      return soft.form().getClass();
    }
    if (term instanceof StateTerm states) {
      return states.form().getClass();
    }
    return term instanceof LogitMse ? Soft.class : term.getClass();
  }

  /** A term as a recipe has it: its name, with its keys below. */
  static Map<String, Object> written(WeightedTerm term) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("weight", term.weight());
    List<Class<? extends Record>> parts = type(term).keys();
    for (RecordComponent component : term.term().getClass().getRecordComponents()) {
      if (parts.get(0) != term.term().getClass()) {
        keys.putAll(CanonicalYaml.tree(part((Record) term.term(), component)));
      }
    }
    if (parts.get(0) == term.term().getClass()) {
      keys.putAll(CanonicalYaml.tree((Record) term.term()));
    }
    return Map.of(nameOf(term), keys);
  }

  private static Record part(Record whole, RecordComponent component) {
    try {
      return (Record) component.getAccessor().invoke(whole);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(component + " cannot be read", e);
    }
  }

  /** The name of the term whose keys, or some of them, a record has. */
  static String nameOf(Class<?> keys) {
    return ALL.stream()
        .filter(each -> each.keys().get(0) == keys)
        .findFirst()
        .map(TermType::name)
        .orElseThrow(() -> new IllegalArgumentException("no term is made of " + keys));
  }

  /** The names of a record's keys. */
  static List<String> keysOf(Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }
}
