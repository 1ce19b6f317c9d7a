package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/** What comes next by a model that is not trained. */
final class ModelTokens implements NextTokens {
  private final TorchSession torch;
  private final LanguageModel model;
  private final KvCache cache;

  ModelTokens(TorchSession torch, LanguageModel model, int texts, int capacity) {
    this.torch = torch;
    this.model = model;
    this.cache = model.newCache(texts, capacity);
  }

  @Override
  public NDArray behind(NDManager owner, long[][] ids) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray logits = model.logits(scope, ids, cache);
      NDArray last = logits.get(":, -1");
      last.attach(scope);
      return torch.script(TextWriter.class, "sampling.py").call(owner, "probabilities", last);
    }
  }

  @Override
  public void close() {
    cache.close();
  }
}
