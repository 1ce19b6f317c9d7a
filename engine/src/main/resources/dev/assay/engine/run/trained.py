# Models whose gradients are wanted, in steps: what goes into layer 0, each layer, and what stands behind the last.
# Sequences are without a past, and padded behind their last token. x: [batch * tokens, hidden].
class Trained(ModuleInterface):
  def depth(self) -> int:
    pass
  def embed(self, batch: __torch__.batch.Batch) -> Tensor:
    pass
  def layer(self, index: int, x: Tensor, batch: __torch__.batch.Batch) -> Tensor:
    pass
  def top(self, x: Tensor, batch: __torch__.batch.Batch) -> Tensor:
    pass
  # What the last call of a layer showed, if it was asked to: queries, keys, values, scores.
  def shown(self) -> List[Tensor]:
    pass
  # Caches of texts that are written, as many as there are ids of, of so many tokens at most; and the logits behind
  # tokens that follow those in the caches, [batch, vocabulary].
  def caches(self, ids: Tensor, capacity: int) -> List[__torch__.cache.Cache]:
    pass
  def next(self, ids: Tensor, position: int, caches: List[__torch__.cache.Cache]) -> Tensor:
    pass
  # Whether what is behind so many layers is asked for, and what layer so many shows.
  def asks_state(self, index: int) -> bool:
    pass
  def asks_layer(self, index: int) -> bool:
    pass
  # table0 and so on: what it knows of positions, for sequences of a length.
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Shows what the attention of a layer reads. Keeps it while it is on.
class Seen:
  on : bool
  shown : List[Tensor]

# scale: of the scores; cap: that they softly go no further than, 0 for none; causal: whether a query sees the keys
# up to its own alone, whatever the mask says, with a window only the last of them.
class SeenScores(Module):
  base : __torch__.attention.Scores
  seen : __torch__.trained.Seen
  scale : float
  cap : float
  causal : bool
  window : int
  def forward(self, q: Tensor, k: Tensor, v: Tensor, chosen: Optional[Tensor], mask: Optional[Tensor], position: int) -> Tensor:
    if self.seen.on:
      self.seen.shown = [__torch__.trained.rows(q), __torch__.trained.rows(k), __torch__.trained.rows(v), self.scores(q, k, mask)]
    return self.base.forward(q, k, v, chosen, mask, position)
  def scores(self, q: Tensor, k: Tensor, mask: Optional[Tensor]) -> Tensor:
    shared = __torch__.attention.spread(k, q.size(1) // k.size(1))
    scores = torch.matmul(q, torch.transpose(shared, 2, 3)) * self.scale
    if self.cap > 0.:
      scores = torch.tanh(scores / self.cap) * self.cap
    if mask is not None:
      scores = scores + mask
    if self.causal:
      seen = __torch__.attention.visible(q.size(2), k.size(2), 0, self.window, q)
      scores = torch.masked_fill(scores, torch.logical_not(seen), -float("inf"))
    return scores
  def reads(self, tokens: int) -> bool:
    return False
  def read(self, qkv: Tensor, heads: int, position: int, cache: __torch__.cache.Cache) -> Tensor:
    ops.prim.RaiseException("found scores that do not read a cache")
    return qkv

# [batch, heads, tokens, width] to [batch, tokens, heads * width].
def rows(x: Tensor) -> Tensor:
  return torch.reshape(torch.transpose(x, 1, 2), [x.size(0), x.size(2), x.size(1) * x.size(3)])

# Products in bfloat16, all else in the stream's type.
class MixedLinear(Module):
  weight : Tensor
  def forward(self, x: Tensor) -> Tensor:
    return torch.to(torch.linear(torch.to(x, 15), torch.to(self.weight, 15)), x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]

# A weight [in, out].
class TurnedLinear(Module):
  weight : Tensor
  def forward(self, x: Tensor) -> Tensor:
    return torch.matmul(x, self.weight)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]

# What is asked of a stack. states: bool [depth + 1]; layers: bool [depth].
class Asked(Module):
  states : Tensor
  layers : Tensor
  def state(self, index: int) -> bool:
    return bool(self.states[index])
  def layer(self, index: int) -> bool:
    return bool(self.layers[index])
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.states = tensors[name + ".states"]
    self.layers = tensors[name + ".layers"]

# All steps, with what is asked of them.
def through(model: __torch__.trained.Trained, batch: __torch__.batch.Batch) -> __torch__.outputs.Outputs:
  x = model.embed(batch)
  outputs = __torch__.outputs.Outputs(x)
  if model.asks_state(0):
    outputs.states[0] = __torch__.trained.by_text(x, batch.ids)
  for i in range(model.depth()):
    x = model.layer(i, x, batch)
    if model.asks_state(i + 1):
      outputs.states[i + 1] = __torch__.trained.by_text(x, batch.ids)
    if model.asks_layer(i):
      __torch__.trained.take(outputs, i, model.shown())
  outputs.logits = model.top(x, batch)
  return outputs

def take(outputs: __torch__.outputs.Outputs, index: int, shown: List[Tensor]) -> NoneType:
  outputs.queries[index] = shown[0]
  outputs.keys[index] = shown[1]
  outputs.values[index] = shown[2]
  outputs.scores[index] = shown[3]

# What stands behind the final norm. x: [batch * tokens, hidden].
class Top(ModuleInterface):
  def forward(self, x: Tensor, batch: __torch__.batch.Batch) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# [batch, tokens, vocabulary].
class TokenTop(Module):
  lm_head : __torch__.linear.Linear
  def forward(self, x: Tensor, batch: __torch__.batch.Batch) -> Tensor:
    return __torch__.trained.by_text(self.lm_head.forward(x), batch.ids)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.lm_head.load(tensors, name + ".lm_head")

class EncoderTop(Module):
  head : __torch__.model.EncoderHead
  def forward(self, x: Tensor, batch: __torch__.batch.Batch) -> Tensor:
    return self.head.forward(__torch__.trained.by_text(x, batch.ids))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.head.load(tensors, name + ".head")

# [batch * tokens, width] to [batch, tokens, width].
def by_text(x: Tensor, ids: Tensor) -> Tensor:
  return torch.reshape(x, [ids.size(0), ids.size(1), -1])

# One stack, which continues text or reads it as a whole. pads: whether tokens see those behind them, so that
# padding has to be hidden.
class TrainedStack(Module):
  model : __torch__.stack.Stack
  behind : __torch__.trained.Top
  asked : __torch__.trained.Asked
  seen : __torch__.trained.Seen
  pads : bool
  tables : int
  def depth(self) -> int:
    return len(self.model.layers)
  def embed(self, batch: __torch__.batch.Batch) -> Tensor:
    return self.model.embedding.forward(batch.ids, __torch__.step.given(batch.types), 0)
  def layer(self, index: int, x: Tensor, batch: __torch__.batch.Batch) -> Tensor:
    self.seen.on = self.asked.layer(index)
    step = self.model.positions.step(batch.ids.size(0), batch.ids.size(1), 0, x.device)
    if self.pads:
      step.pad(batch.mask)
    return self.model.layers[index].forward(x, step, self.model.layers[index].new_cache(1, 0, x))
  def top(self, x: Tensor, batch: __torch__.batch.Batch) -> Tensor:
    return self.behind.forward(self.model.norm.forward(x), batch)
  def caches(self, ids: Tensor, capacity: int) -> List[__torch__.cache.Cache]:
    like = torch.narrow(self.model.embed(ids, torch.empty([0], device=ids.device)), 1, 0, 1)
    return self.model.new_caches(ids.size(0), capacity, like)
  def next(self, ids: Tensor, position: int, caches: List[__torch__.cache.Cache]) -> Tensor:
    self.seen.on = False
    x = self.model.forward(ids, None, self.model.positions.step(ids.size(0), ids.size(1), position, ids.device), caches)
    last = torch.narrow(ids, 1, ids.size(1) - 1, 1)
    x = torch.select(__torch__.trained.by_text(x, ids), 1, ids.size(1) - 1)
    return torch.select(self.behind.forward(x, __torch__.batch.Batch(last, last, last)), 1, 0)
  def shown(self) -> List[Tensor]:
    return self.seen.shown
  def asks_state(self, index: int) -> bool:
    return self.asked.state(index)
  def asks_layer(self, index: int) -> bool:
    return self.asked.layer(index)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.model.load(tensors, name + ".model")
    self.behind.load(tensors, name + ".behind")
    self.asked.load(tensors, name + ".asked")
    if self.tables > 0:
      self.model.positions.extend([tensors[name + ".table" + str(i)] for i in range(self.tables)])

# Writes one text, the batch's tokens, after reading another. Its states and layers are the decoder's.
class TrainedEncoderDecoder(Module):
  encoder : __torch__.stack.Stack
  decoder : __torch__.stack.Stack
  behind : __torch__.trained.Top
  asked : __torch__.trained.Asked
  seen : __torch__.trained.Seen
  def depth(self) -> int:
    return len(self.decoder.layers)
  # What is read is read here, and kept with the batch.
  def embed(self, batch: __torch__.batch.Batch) -> Tensor:
    step = self.encoder.positions.step(batch.source.size(0), batch.source.size(1), 0, batch.source.device)
    step.pad(batch.source_mask)
    x = self.encoder.embedding.forward(batch.source, None, 0)
    for layer in self.encoder.layers:
      x = layer.forward(x, step, layer.new_cache(1, 0, x))
    batch.memory = __torch__.trained.by_text(self.encoder.norm.forward(x), batch.source)
    return self.decoder.embedding.forward(batch.ids, None, 0)
  def layer(self, index: int, x: Tensor, batch: __torch__.batch.Batch) -> Tensor:
    self.seen.on = self.asked.layer(index)
    step = self.decoder.positions.step(batch.ids.size(0), batch.ids.size(1), 0, x.device)
    step.encoder_hidden_states = batch.memory
    step.encoder_attention_mask = __torch__.step.padding(batch.source_mask)
    return self.decoder.layers[index].forward(x, step, self.decoder.layers[index].new_cache(1, 0, x))
  def top(self, x: Tensor, batch: __torch__.batch.Batch) -> Tensor:
    return self.behind.forward(self.decoder.norm.forward(x), batch)
  def caches(self, ids: Tensor, capacity: int) -> List[__torch__.cache.Cache]:
    ops.prim.RaiseException("found a model that reads before it writes")
    return annotate(List[__torch__.cache.Cache], [])
  def next(self, ids: Tensor, position: int, caches: List[__torch__.cache.Cache]) -> Tensor:
    ops.prim.RaiseException("found a model that reads before it writes")
    return ids
  def shown(self) -> List[Tensor]:
    return self.seen.shown
  def asks_state(self, index: int) -> bool:
    return self.asked.state(index)
  def asks_layer(self, index: int) -> bool:
    return self.asked.layer(index)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.encoder.load(tensors, name + ".encoder")
    self.decoder.load(tensors, name + ".decoder")
    self.behind.load(tensors, name + ".behind")
    self.asked.load(tensors, name + ".asked")
