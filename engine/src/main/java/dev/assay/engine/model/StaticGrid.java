package dev.assay.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.weight.SchemeKeys;
import java.util.List;

/**
 * Grids that calibration has found for keys or for values: value = scale · (code − zero).
 *
 * @param form what codes are
 * @param bits of a code: 8, 4 or 2, from −2^(bits − 1) on; 8 of floats
 * @param scales one, or one a head, above 0
 * @param zeros codes of the value 0, as many
 */
public record StaticGrid(Form form, int bits, CacheTable scales, CacheTable zeros) {
  /** What codes are. */
  public enum Form {
    /** Steps of a uniform grid. */
    INT("int"),
    /** Floats of 8 bits, E4M3. */
    FP8("fp8");

    private final String label;

    Form(String label) {
      this.label = label;
    }

    static Form of(String label) {
      for (Form form : values()) {
        if (form.label.equals(label)) {
          return form;
        }
      }
      throw new IllegalArgumentException("form: found '" + label + "', expected int or fp8");
    }
  }

  public StaticGrid {
    List<Integer> widths = form == Form.INT ? List.of(8, 4, 2) : List.of(Byte.SIZE);
    if (!widths.contains(bits)) {
      throw new IllegalArgumentException("bits: found " + bits + ", expected one of " + widths);
    }
    if (scales.values().stream().anyMatch(scale -> scale <= 0)) {
      throw new IllegalArgumentException(
          "scales: found " + scales.values() + ", expected numbers above 0");
    }
    int most = form == Form.FP8 ? 0 : 1 << (bits - 1);
    if (zeros.size() != scales.size()
        || zeros.values().stream()
            .anyMatch(zero -> zero != Math.rint(zero) || -zero > most || zero > most)) {
      throw new IllegalArgumentException(
          "zeros: found %s, expected %d codes".formatted(zeros.values(), scales.size()));
    }
  }

  /** Whether 0 is the middle of every grid. */
  boolean isAroundZero() {
    return zeros.values().stream().allMatch(zero -> zero == 0);
  }

  static StaticGrid of(JsonNode json) {
    SchemeKeys keys = new SchemeKeys(json);
    StaticGrid grid =
        new StaticGrid(
            Form.of(keys.text("form")),
            keys.integer("bits"),
            keys.read("scales", CacheTable::of),
            keys.read("zeros", CacheTable::of));
    keys.requireNoOthers();
    return grid;
  }

  ObjectNode json() {
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("form", form.label).put("bits", bits);
    json.set("scales", scales.json());
    json.set("zeros", zeros.json());
    return json;
  }

  void requireFits(AttentionSpec attention) {
    TokenCache.requireWholeBytes(attention.headDimension(), bits);
    if (scales.size() != 1 && scales.size() != attention.keyValueHeads()) {
      throw new IllegalArgumentException(
          "found %d scales, expected one or one for each of %d heads"
              .formatted(scales.size(), attention.keyValueHeads()));
    }
  }

  String words() {
    return (form == Form.FP8 ? "8-bit floats" : bits + " bits")
        + (scales.size() == 1 ? " under one scale" : " under a scale a head");
  }
}
