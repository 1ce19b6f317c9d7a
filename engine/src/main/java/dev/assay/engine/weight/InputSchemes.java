package dev.assay.engine.weight;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.torch.DType;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads schemes of inputs. */
final class InputSchemes {
  private static final Map<String, Function<SchemeKeys, InputScheme>> READERS =
      Map.ofEntries(
          Map.entry("none", keys -> new PlainInput()),
          Map.entry(PerTokenInput.NAME, InputSchemes::perToken),
          Map.entry(
              ClippedInput.NAME,
              keys ->
                  new ClippedInput(
                      keys.integer("bits"),
                      keys.flag("symmetric"),
                      keys.number("clip"),
                      keys.integer("groupSize"))),
          Map.entry(StaticInput.NAME, InputSchemes::fixed),
          Map.entry(
              FloatInput.NAME, keys -> new FloatInput(type(keys), FloatRule.of(keys.text("rule")))),
          Map.entry(
              StaticFloatInput.NAME,
              keys -> new StaticFloatInput(type(keys), keys.number("scale"))),
          Map.entry(MicroscaledInput.NAME, MicroscaledInput::read),
          Map.entry(Nvfp4Input.NAME, keys -> new Nvfp4Input(keys.number("divisor"))),
          Map.entry(
              GroupedInput.NAME,
              keys -> new GroupedInput(keys.integer("groupSize"), scheme(keys, "each"))),
          Map.entry(JointInput.NAME, keys -> new JointInput(scheme(keys, "whole"))),
          Map.entry(
              OutlierInput.NAME,
              keys -> new OutlierInput(keys.number("threshold"), keys.flag("half"))),
          Map.entry("rotated", InputSchemes::rotated),
          Map.entry(
              "split-outliers",
              keys -> new SplitOutliersInput(keys.integers("columns"), scheme(keys, "others"))));

  private InputSchemes() {}

  /**
   * The scheme of an object.
   *
   * @throws IllegalArgumentException if there is none such; the message names the key
   */
  static InputScheme of(JsonNode json) {
    SchemeKeys keys = new SchemeKeys(json);
    String name = keys.text("scheme");
    Function<SchemeKeys, InputScheme> reader = READERS.get(name);
    if (reader == null) {
      throw new IllegalArgumentException(
          "scheme: found '" + name + "', expected one of " + new TreeMap<>(READERS).keySet());
    }
    InputScheme scheme = reader.apply(keys);
    keys.requireNoOthers();
    return scheme;
  }

  private static InputScheme scheme(SchemeKeys keys, String key) {
    return keys.read(key, InputSchemes::of);
  }

  private static PerTokenInput perToken(SchemeKeys keys) {
    return new PerTokenInput(
        keys.integer("bits"),
        keys.flag("symmetric"),
        keys.node("rule").isMissingNode()
            ? IntegerRule.SMOOTHQUANT
            : IntegerRule.of(keys.text("rule")));
  }

  private static RotatedInput rotated(SchemeKeys keys) {
    return new RotatedInput(
        keys.integer("blockSize"),
        keys.has("stride") ? keys.integer("stride") : 1,
        scheme(keys, "then"));
  }

  private static StaticInput fixed(SchemeKeys keys) {
    return new StaticInput(
        keys.integer("bits"),
        keys.number("scale"),
        keys.integer("zero"),
        !keys.node("zeroFirst").isMissingNode() && keys.flag("zeroFirst"));
  }

  private static DType type(SchemeKeys keys) {
    return keys.read("type", node -> DType.ofSafetensors(node.asText()));
  }
}
