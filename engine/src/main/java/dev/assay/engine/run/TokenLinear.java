package dev.assay.engine.run;

import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptObject;
import dev.assay.engine.torch.ScriptObject.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A linear that the op of whole layers knows: products by codes in tiles, by values or by those
 * that are not 0, side by side, or one behind another as factors run.
 *
 * @param object a {@code token.TokenLinear}, which loads what the linear does
 * @param rows the most rows of input that its own ops take, and so for which both give the same
 * @param products how many there are
 */
record TokenLinear(ScriptObject object, long rows, int products) {
  /** The attribute of a product's class that says how many rows of input its op takes. */
  private static final Map<String, String> ROWS =
      Map.of(
          "tiled.TiledGridLinear", "packed_rows",
          "dense_rows.DenseRowsLinear", "most_rows",
          "bitmask_linear.BitmaskLinear", "most_rows",
          "csr_linear.CsrLinear", "most_rows");

  /** The most that the op has room for. */
  private static final int MOST_PRODUCTS = 8;

  /**
   * A linear as the op takes it, if it knows it.
   *
   * @param linear a {@code linear.Linear}
   */
  static Optional<TokenLinear> of(ScriptObject linear) {
    return any(linear, true).filter(found -> found.products() <= MOST_PRODUCTS);
  }

  /** Factors are behind others once. */
  private static Optional<TokenLinear> any(ScriptObject linear, boolean factors) {
    Map<String, Attribute> attributes = linear.attributes();
    return switch (qualified(linear)) {
      case "linear.LowRankLinear" -> factors ? factors(linear) : Optional.empty();
      case "linear.JoinedLinear" ->
          joined(Objects.requireNonNull(attributes.get("parts")), factors);
      case "linear.NarrowedLinear" ->
          TokenLayer.child(linear, "base")
              .flatMap(base -> any(base, false))
              .map(
                  base ->
                      base.within(
                          Scripts.module("token.TokenNarrowed")
                              .with("first", Objects.requireNonNull(attributes.get("first")))
                              .with("base", base.child())));
      default -> product(linear);
    };
  }

  private static Optional<TokenLinear> product(ScriptObject linear) {
    return Optional.ofNullable(ROWS.get(qualified(linear)))
        .map(name -> linear.attributes().get(name))
        .map(rows -> new TokenLinear(linear, ((Attribute.Whole) rows).value(), 1));
  }

  private static Optional<TokenLinear> factors(ScriptObject linear) {
    Optional<TokenLinear> down = TokenLayer.child(linear, "down").flatMap(part -> any(part, false));
    Optional<TokenLinear> up = TokenLayer.child(linear, "up").flatMap(part -> any(part, false));
    if (down.isEmpty() || up.isEmpty()) {
      return Optional.empty();
    }
    ModuleNode module =
        Scripts.module("token.TokenFactors")
            .with("down", down.get().child())
            .with("up", up.get().child());
    return Optional.of(of(module, List.of(down.get(), up.get())));
  }

  private static Optional<TokenLinear> joined(Attribute parts, boolean factors) {
    List<TokenLinear> known = new ArrayList<>();
    for (Attribute part : ((Attribute.Children) parts).objects()) {
      if (part instanceof Attribute.Child child) {
        any(child.object(), factors).ifPresent(known::add);
      }
    }
    if (known.isEmpty() || known.size() < ((Attribute.Children) parts).objects().size()) {
      return Optional.empty();
    }
    Attribute children =
        new Attribute.Children(known.stream().<Attribute>map(TokenLinear::child).toList());
    return Optional.of(of(Scripts.module("token.TokenJoined").with("parts", children), known));
  }

  private static TokenLinear of(ModuleNode module, List<TokenLinear> parts) {
    return new TokenLinear(
        module.object(),
        parts.stream().mapToLong(TokenLinear::rows).min().orElseThrow(),
        parts.stream().mapToInt(TokenLinear::products).sum());
  }

  private TokenLinear within(ModuleNode module) {
    return of(module, List.of(this));
  }

  private Attribute child() {
    return new Attribute.Child(object);
  }

  private static String qualified(ScriptObject object) {
    return object.type().module() + "." + object.type().name();
  }
}
