package dev.assay.engine.finetune;

/** In which type products are computed; parameters, sums and moments are float32. */
public enum Precision {
  FLOAT32,
  BFLOAT16
}
