package dev.assay.engine.distill;

import java.util.List;
import java.util.function.Function;

/**
 * A kind of term that recipes can name.
 *
 * @param name by which
 * @param keys records whose keys it takes, no key twice
 * @param make the term of one record of each
 */
public record TermType(
    String name, List<Class<? extends Record>> keys, Function<List<Record>, LossTerm> make) {
  public TermType {
    keys = List.copyOf(keys);
  }

  static <T extends Record & LossTerm> TermType term(String name, Class<T> type) {
    return new TermType(name, List.of(type), values -> type.cast(values.get(0)));
  }

  static <T extends Record & DivergenceForm> TermType divergence(String name, Class<T> type) {
    return new TermType(
        name,
        List.of(type, Soft.class),
        values -> new SoftTargets(type.cast(values.get(0)), (Soft) values.get(1)));
  }

  static <T extends Record & StateForm> TermType states(String name, Class<T> type) {
    return new TermType(
        name,
        List.of(type, Compared.class),
        values -> new StateTerm(type.cast(values.get(0)), (Compared) values.get(1)));
  }
}
