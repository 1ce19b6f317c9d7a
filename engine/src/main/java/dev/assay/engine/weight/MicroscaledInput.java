package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.EnumName;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.weight.MicroscaledWeight.Rounding;
import java.util.Locale;

/**
 * Rounded to numbers of few bits in blocks of 32 features under powers of two, as they come.
 *
 * @param rounding to what, and how
 * @see MicroscaledWeight
 */
public record MicroscaledInput(Rounding rounding) implements InputScheme {
  static final String NAME = "mx";

  static MicroscaledInput read(SchemeKeys keys) {
    return new MicroscaledInput(
        new Rounding(
            keys.read(
                "element", node -> ElementFormat.valueOf(node.asText().toUpperCase(Locale.ROOT))),
            keys.read(
                "exponent", node -> SharedExponent.valueOf(node.asText().toUpperCase(Locale.ROOT))),
            keys.integer("mantissaBits"),
            keys.flag("away")));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public String words() {
    return "rounded to mx " + rounding.element().label();
  }

  @Override
  public ObjectNode json() {
    return InputScheme.super
        .json()
        .put("element", rounding.element().label())
        .put("exponent", EnumName.of(rounding.exponent()))
        .put("mantissaBits", rounding.keptBits())
        .put("away", rounding.away());
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    ElementFormat element = rounding.element();
    return InputModules.blocks("MicroscaledInput")
        .with("size", MicroscaledWeight.BLOCK)
        .with("rule", rounding.exponent().scriptCode())
        .with("kept", rounding.keptBits())
        .with("p", element.greatestExponent())
        .with("mantissa", element.mantissaBits())
        .with("least", element.leastExponent())
        .with("limit", element.greatest())
        .with("away", rounding.away());
  }
}
