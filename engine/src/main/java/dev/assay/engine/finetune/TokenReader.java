package dev.assay.engine.finetune;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import java.nio.file.Path;

/**
 * A model before a weight of it is read.
 *
 * @param checkpoint that has its tokenizer
 * @param spec what it is
 */
record TokenReader(Checkpoint checkpoint, ModelSpec spec) {
  static TokenReader of(ModelWeights weights) {
    return new TokenReader(weights.checkpoint(), weights.spec());
  }

  static TokenReader of(Path model) {
    Checkpoint checkpoint = Checkpoint.open(model);
    return new TokenReader(checkpoint, new Families().architecture(checkpoint));
  }
}
