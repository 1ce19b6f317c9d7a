# Chooses tokens. logits: [rows, vocabulary] -> int64 [rows, 1], the most likely ones.
class Choice(ModuleInterface):
  def forward(self, logits: Tensor) -> Tensor:
    pass

class PlainChoice(Module):
  def forward(self, logits: Tensor) -> Tensor:
    # The greatest of many numbers is found slowly in 16 bits.
    return torch.argmax(torch.to(logits, 6), -1, True)

# Continues text.
class CausalModel(Module):
  model : __torch__.stack.Stack
  lm_head : __torch__.linear.Linear
  choice : __torch__.model.Choice
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.load_below(tensors, "")
  def load_below(self, tensors: Dict[str, Tensor], prefix: str) -> NoneType:
    self.model.load(tensors, prefix + "model")
    self.lm_head.load(tensors, prefix + "lm_head")
  def extend(self, tables: List[Tensor]) -> NoneType:
    self.model.positions.extend(tables)
  # like: of the arithmetic's type, on its device.
  def new_caches(self, batch: int, capacity: int, like: Tensor) -> List[__torch__.cache.Cache]:
    return self.model.new_caches(batch, capacity, like)
  def held(self, caches: List[__torch__.cache.Cache]) -> int:
    return __torch__.cache.held(caches)
  def given(self, caches: List[__torch__.cache.Cache]) -> int:
    return __torch__.cache.given(caches)
  def embed(self, ids: Tensor, token_types: Tensor) -> Tensor:
    return self.model.embed(ids, token_types)
  def layer(self, index: int, x: Tensor) -> Tensor:
    return self.model.layer(index, x, self.model.step(x, 0))
  def norm(self, x: Tensor) -> Tensor:
    flat = torch.reshape(x, [-1, x.size(-1)])
    return torch.reshape(self.model.norm.forward(flat), [x.size(0), x.size(1), -1])
  def forward(self, ids: Tensor) -> Tensor:
    return self.logits(ids)
  # [batch, tokens, vocabulary], of tokens without a past.
  def logits(self, ids: Tensor) -> Tensor:
    return self.next_logits(ids, 0, self.model.no_caches(ids))
  # The same of tokens that follow those in the caches.
  def next_logits(self, ids: Tensor, position: int, caches: List[__torch__.cache.Cache]) -> Tensor:
    x = self.model.forward(ids, None, self.model.step(ids, position), caches)
    return torch.reshape(self.lm_head.forward(x), [ids.size(0), ids.size(1), -1])
  # The most likely next token of each sequence, [batch, 1].
  def next_token(self, ids: Tensor, position: int, caches: List[__torch__.cache.Cache]) -> Tensor:
    x = self.model.forward(ids, None, self.model.step(ids, position), caches)
    if ids.size(1) > 1:
      x = torch.reshape(x, [ids.size(0), ids.size(1), -1])[:, -1]
    return self.choice.forward(self.lm_head.forward(x))
  # The sequences with so many tokens more, each the most likely one.
  def generate(self, ids: Tensor, max_new_tokens: int) -> Tensor:
    like = torch.narrow(self.model.embed(ids, torch.empty([0], device=ids.device)), 1, 0, 1)
    caches = self.new_caches(ids.size(0), ids.size(1) + max_new_tokens, like)
    all = [ids]
    next = ids
    position = 0
    for i in range(max_new_tokens):
      token = self.next_token(next, position, caches)
      position = position + next.size(1)
      next = token
      all = torch.append(all, token)
    return torch.cat(all, 1)
  # -log p of tokens 1 .. t-1 of each sequence, float32 [batch, t - 1]; the head runs on slices of
  # rows so that the logits of a large vocabulary never stand in memory all at once.
  def losses(self, ids: Tensor, rows: int) -> Tensor:
    return self.losses_of(self.model.forward(ids, None, self.model.step(ids, 0), self.model.no_caches(ids)), ids, rows)
  # The same of what the head reads of them.
  def losses_of(self, x: Tensor, ids: Tensor, rows: int) -> Tensor:
    batch = ids.size(0)
    t = ids.size(1)
    x = torch.reshape(x, [batch, t, -1])
    parts = annotate(List[Tensor], [])
    start = 0
    while start < t - 1:
      n = rows
      if start + n > t - 1:
        n = t - 1 - start
      slice = torch.reshape(torch.narrow(x, 1, start, n), [batch * n, -1])
      z = torch.reshape(torch.to(self.lm_head.forward(slice), 6), [batch, n, -1])
      target = torch.unsqueeze(torch.narrow(ids, 1, start + 1, n), -1)
      p = torch.gather(torch.log_softmax(z, -1), -1, target)
      parts = torch.append(parts, torch.neg(torch.squeeze(p, -1)))
      start = start + n
    return torch.cat(parts, 1)

# Writes one text after reading another. mask: int64 [batch, source tokens], 0 where padded; empty
# where nothing is.
class EncoderDecoderModel(Module):
  encoder : __torch__.stack.Stack
  decoder : __torch__.stack.Stack
  lm_head : __torch__.linear.Linear
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.encoder.load(tensors, "encoder")
    self.decoder.load(tensors, "decoder")
    self.lm_head.load(tensors, "lm_head")
  def new_caches(self, batch: int, capacity: int, like: Tensor) -> List[__torch__.cache.Cache]:
    return self.decoder.new_caches(batch, capacity, like)
  # The logits of what is written so far, of what is read.
  def forward(self, source: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
    return self.logits(ids, self.encode(source, mask), mask)
  def reading(self, x: Tensor, mask: Tensor) -> __torch__.step.Step:
    step = self.encoder.step(x, 0)
    if torch.numel(mask) > 0:
      step.pad(mask)
    return step
  def writing(self, x: Tensor, position: int, memory: Tensor, mask: Tensor) -> __torch__.step.Step:
    step = self.decoder.step(x, position)
    step.encoder_hidden_states = memory
    if torch.numel(mask) > 0:
      step.encoder_attention_mask = __torch__.step.padding(mask)
    return step
  def embed_source(self, ids: Tensor, token_types: Tensor) -> Tensor:
    return self.encoder.embed(ids, token_types)
  def embed_target(self, ids: Tensor, token_types: Tensor) -> Tensor:
    return self.decoder.embed(ids, token_types)
  def encoder_layer(self, index: int, x: Tensor, mask: Tensor) -> Tensor:
    return self.encoder.layer(index, x, self.reading(x, mask))
  def decoder_layer(self, index: int, x: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
    return self.decoder.layer(index, x, self.writing(x, 0, memory, mask))
  # [batch, tokens, hidden], after the final norm.
  def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
    x = self.encoder.forward(ids, None, self.reading(ids, mask), self.encoder.no_caches(ids))
    return torch.reshape(x, [ids.size(0), ids.size(1), -1])
  # What the head multiplies.
  def decode(self, ids: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
    x = self.decoder.forward(ids, None, self.writing(ids, 0, memory, mask), self.decoder.no_caches(ids))
    return torch.reshape(x, [ids.size(0), ids.size(1), -1])
  def next_logits(self, ids: Tensor, position: int, caches: List[__torch__.cache.Cache], memory: Tensor, mask: Tensor) -> Tensor:
    x = self.decoder.forward(ids, None, self.writing(ids, position, memory, mask), caches)
    return torch.reshape(self.lm_head.forward(x), [ids.size(0), ids.size(1), -1])
  def logits(self, ids: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
    return self.next_logits(ids, 0, self.decoder.no_caches(ids), memory, mask)

# Reads text as a whole, with a head on top.
class EncoderModel(Module):
  model : __torch__.stack.Stack
  head : __torch__.model.EncoderHead
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.model.load(tensors, "model")
    self.head.load(tensors, "head")
  def extend(self, tables: List[Tensor]) -> NoneType:
    self.model.positions.extend(tables)
  def forward(self, ids: Tensor, token_types: Tensor, mask: Tensor) -> Tensor:
    return self.logits(ids, token_types, mask)
  def padded(self, x: Tensor, mask: Tensor) -> __torch__.step.Step:
    step = self.model.step(x, 0)
    if torch.numel(mask) > 0:
      step.pad(mask)
    return step
  def embed(self, ids: Tensor, token_types: Tensor) -> Tensor:
    return self.model.embed(ids, token_types)
  def layer(self, index: int, x: Tensor, mask: Tensor) -> Tensor:
    return self.model.layer(index, x, self.padded(x, mask))
  # [batch, tokens, hidden].
  def encode(self, ids: Tensor, token_types: Tensor, mask: Tensor) -> Tensor:
    x = self.model.forward(ids, __torch__.step.given(token_types), self.padded(ids, mask), self.model.no_caches(ids))
    return torch.reshape(x, [ids.size(0), ids.size(1), -1])
  def pooled(self, x: Tensor) -> Tensor:
    return self.head.pooled(x)
  def logits(self, ids: Tensor, token_types: Tensor, mask: Tensor) -> Tensor:
    return self.head.forward(self.encode(ids, token_types, mask))

# What stands on top of an encoder. x: [batch, tokens, hidden].
class EncoderHead(ModuleInterface):
  def forward(self, x: Tensor) -> Tensor:
    pass
  # One vector for each text.
  def pooled(self, x: Tensor) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Fills gaps: -> [batch, tokens, vocabulary].
class FillingHead(Module):
  dense : __torch__.linear.Linear
  activation : __torch__.activation.Activation
  norm : __torch__.norm.Norm
  decoder : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    flat = torch.reshape(x, [-1, x.size(-1)])
    y = self.norm.forward(self.activation.forward(self.dense.forward(flat)))
    return torch.reshape(self.decoder.forward(y), [x.size(0), x.size(1), -1])
  def pooled(self, x: Tensor) -> Tensor:
    return x[:, 0]
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.dense.load(tensors, name + ".dense")
    self.norm.load(tensors, name + ".norm")
    self.decoder.load(tensors, name + ".decoder")

# Puts text into classes: -> [batch, classes].
class ClassifyingHead(Module):
  pooler : __torch__.linear.Linear
  classifier : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.classifier.forward(self.pooled(x))
  def pooled(self, x: Tensor) -> Tensor:
    return torch.tanh(self.pooler.forward(x[:, 0]))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.pooler.load(tensors, name + ".pooler")
    self.classifier.load(tensors, name + ".classifier")
