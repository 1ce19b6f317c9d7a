package dev.assay.engine.recipe;

import ai.djl.ndarray.types.DataType;
import java.util.Locale;

/** A floating-point type that weights are stored in or arithmetic is done in. */
public enum Dtype {
  FLOAT32(DataType.FLOAT32),
  BFLOAT16(DataType.BFLOAT16),
  FLOAT16(DataType.FLOAT16);

  private final DataType dataType;

  Dtype(DataType dataType) {
    this.dataType = dataType;
  }

  /** DJL's name for it. */
  public DataType dataType() {
    return dataType;
  }

  /** The name in YAML files and results, for example {@code bfloat16}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
