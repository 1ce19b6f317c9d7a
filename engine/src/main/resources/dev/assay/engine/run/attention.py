# Scores of queries and keys, and the values that they weigh. q: [batch, heads, tokens, width];
# k, v: [batch, key and value heads, entries, width] -> [batch * tokens, heads * width]. There is an
# entry for each position up to the last token's, or several, of which chosen says which a token
# reads; see cache.Reads.
class Scores(ModuleInterface):
  def forward(self, q: Tensor, k: Tensor, v: Tensor, chosen: Optional[Tensor], mask: Optional[Tensor], position: int) -> Tensor:
    pass
  # Whether it also reads a cache itself, for so many tokens of each sequence.
  def reads(self, tokens: int) -> bool:
    pass
  # The same of tokens that the cache takes up. qkv: [batch, tokens, heads of queries, keys and
  # values, width], turned already.
  def read(self, qkv: Tensor, heads: int, position: int, cache: __torch__.cache.Cache) -> Tensor:
    pass

# A query sees the tokens up to its own; with a window only the last of them.
class CausalScores(Module):
  scale : float
  window : int
  # From how many elements of the keys on a lone query is computed with a copy of itself beside it;
  # 0 for never.
  paired_elements : int
  def forward(self, q: Tensor, k: Tensor, v: Tensor, chosen: Optional[Tensor], mask: Optional[Tensor], position: int) -> Tensor:
    if q.size(2) == 1:
      return self.one(q, k, v)
    times = q.size(1) // k.size(1)
    # With a head each for the queries libtorch takes its fused kernel, which for shared heads it does not.
    k = __torch__.attention.spread(k, times)
    v = __torch__.attention.spread(v, times)
    end = position + q.size(2)
    if chosen is None and position == 0 and (self.window == 0 or end <= self.window):
      return __torch__.attention.merge(torch.scaled_dot_product_attention(q, k, v, None, 0.0, True, scale=self.scale))
    seen = __torch__.attention.visible(q.size(2), end, position, self.window, q)
    if chosen is not None:
      seen = __torch__.attention.among(seen, chosen)
    return __torch__.attention.merge(torch.scaled_dot_product_attention(q, k, v, seen, 0.0, False, scale=self.scale))
  # The heads that share keys are rows of one product.
  def one(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    heads = q.size(1)
    width = q.size(3)
    end = k.size(2)
    if self.window > 0 and end > self.window:
      k = torch.slice(k, 2, end - self.window, end)
      v = torch.slice(v, 2, end - self.window, end)
    rows = torch.reshape(q, [q.size(0), k.size(1), heads // k.size(1), width])
    if self.paired_elements > 0 and rows.size(2) == 1 and torch.numel(k) >= self.paired_elements:
      both = torch.cat([rows, rows], 2)
      out = torch.scaled_dot_product_attention(both, k, v, None, 0.0, False, scale=self.scale)
      return torch.reshape(torch.slice(out, 2, 0, 1), [q.size(0), heads * width])
    out = torch.scaled_dot_product_attention(rows, k, v, None, 0.0, False, scale=self.scale)
    return torch.reshape(out, [q.size(0), heads * width])
  def reads(self, tokens: int) -> bool:
    return False
  def read(self, qkv: Tensor, heads: int, position: int, cache: __torch__.cache.Cache) -> Tensor:
    ops.prim.RaiseException("found scores that do not read a cache")
    return qkv

# The mask says what a query sees.
class MaskedScores(Module):
  scale : float
  def forward(self, q: Tensor, k: Tensor, v: Tensor, chosen: Optional[Tensor], mask: Optional[Tensor], position: int) -> Tensor:
    times = q.size(1) // k.size(1)
    k = __torch__.attention.spread(k, times)
    v = __torch__.attention.spread(v, times)
    if mask is None:
      return __torch__.attention.merge(torch.scaled_dot_product_attention(q, k, v, None, 0.0, False, scale=self.scale))
    added = torch.to(mask, q.dtype)
    if chosen is not None:
      added = __torch__.attention.among_added(added, chosen)
    return __torch__.attention.merge(torch.scaled_dot_product_attention(q, k, v, added, 0.0, False, scale=self.scale))
  def reads(self, tokens: int) -> bool:
    return False
  def read(self, qkv: Tensor, heads: int, position: int, cache: __torch__.cache.Cache) -> Tensor:
    ops.prim.RaiseException("found scores that do not read a cache")
    return qkv

# Causal scores that go softly no further than the cap, which no fused kernel does.
class CappedScores(Module):
  scale : float
  cap : float
  window : int
  def forward(self, q: Tensor, k: Tensor, v: Tensor, chosen: Optional[Tensor], mask: Optional[Tensor], position: int) -> Tensor:
    times = q.size(1) // k.size(1)
    scores = torch.matmul(q, torch.transpose(__torch__.attention.spread(k, times), 2, 3)) * self.scale
    scores = torch.tanh(scores / self.cap) * self.cap
    seen = __torch__.attention.visible(q.size(2), position + q.size(2), position, self.window, q)
    if chosen is not None:
      seen = __torch__.attention.among(seen, chosen)
    scores = torch.masked_fill(scores, torch.logical_not(seen), -float("inf"))
    shares = torch.to(torch.softmax(torch.to(scores, 6), -1), q.dtype)
    return __torch__.attention.merge(torch.matmul(shares, __torch__.attention.spread(v, times)))
  def reads(self, tokens: int) -> bool:
    return False
  def read(self, qkv: Tensor, heads: int, position: int, cache: __torch__.cache.Cache) -> Tensor:
    ops.prim.RaiseException("found scores that do not read a cache")
    return qkv

# Each key or value head once for every query head that it serves.
def spread(x: Tensor, times: int) -> Tensor:
  if times == 1:
    return x
  return torch.repeat_interleave(x, times, 1)

# [batch, heads, tokens, width] to [batch * tokens, heads * width].
def merge(o: Tensor) -> Tensor:
  return torch.reshape(torch.transpose(o, 1, 2), [o.size(0) * o.size(2), o.size(1) * o.size(3)])

# Whether query i, at position + i, sees key j, [tokens, end]: none after it, and with a window of w
# only the last w up to its own.
def visible(tokens: int, end: int, position: int, window: int, like: Tensor) -> Tensor:
  seen = torch.tril(torch.ones([tokens, end], dtype=11, device=like.device), position)
  if window > 0:
    seen = torch.triu(seen, position - window + 1)
  return seen

# The same of entries that hold all positions several times over, of which a query reads one.
def among(seen: Tensor, chosen: Tensor) -> Tensor:
  return torch.logical_and(torch.repeat(seen, [1, chosen.size(1) // seen.size(1)]), chosen)

# What is added to the scores of such entries. added: [.., tokens or 1, positions].
def among_added(added: Tensor, chosen: Tensor) -> Tensor:
  times = chosen.size(1) // added.size(-1)
  return torch.masked_fill(torch.repeat(added, [1, 1, 1, times]), torch.logical_not(chosen), -float("inf"))

class Attention(Module):
  qkv_proj : __torch__.linear.Linear
  o_proj : __torch__.linear.Linear
  rotation : __torch__.position.Rotation
  scores : __torch__.attention.Scores
  caches : __torch__.cache.CacheScheme
  # Whether the cache keeps keys as they were before positions turned them.
  unturned_keys : bool
  num_heads : int
  num_key_value_heads : int
  head_dim : int
  # x: [batch * tokens, hidden].
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    heads = self.num_heads
    shared = self.num_key_value_heads
    all = heads + 2 * shared
    qkv = torch.reshape(self.qkv_proj.forward(x), [step.batch, step.tokens, all, self.head_dim])
    if self.unturned_keys:
      reads = cache.append(torch.transpose(torch.slice(qkv, 2, heads, all), 1, 2), step.position)
      q = torch.transpose(self.rotation.queries(torch.slice(qkv, 2, 0, heads), step), 1, 2)
      keys = torch.transpose(self.rotation.keys(torch.transpose(reads.keys, 1, 2), step.whole()), 1, 2)
      context = self.scores.forward(q, keys, reads.values, reads.chosen, step.attention_mask, step.position)
    elif self.scores.reads(step.tokens):
      turned = self.rotation.forward(qkv, heads + shared, step)
      context = self.scores.read(turned, heads, step.position, cache)
    else:
      qkv = torch.transpose(self.rotation.forward(qkv, heads + shared, step), 1, 2)
      reads = cache.append(torch.slice(qkv, 1, heads, all), step.position)
      context = self.scores.forward(torch.slice(qkv, 1, 0, heads), reads.keys, reads.values, reads.chosen, step.attention_mask, step.position)
    return self.o_proj.forward(context)
  # Keys and values alone; the queries that are made with them are of no use.
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    heads = self.num_heads
    shared = self.num_key_value_heads
    all = heads + 2 * shared
    qkv = torch.reshape(self.qkv_proj.forward(x), [step.batch, step.tokens, all, self.head_dim])
    if not self.unturned_keys:
      qkv = self.rotation.forward(qkv, heads + shared, step)
    kv = torch.transpose(torch.slice(qkv, 2, heads, all), 1, 2)
    whole = True
    if not self.unturned_keys and self.scores.reads(step.tokens):
      # What is stored plain is not in its place yet.
      whole = torch.numel(cache.stored(kv, step.position).both) > 0
    if whole:
      reads = cache.append(kv, step.position)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.caches.new(batch, self.num_key_value_heads, capacity, self.head_dim, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.qkv_proj.load(tensors, name + ".qkv_proj")
    self.o_proj.load(tensors, name + ".o_proj")
    self.rotation.load(tensors, name + ".rotation")
    self.caches.load(tensors, name + ".caches")

# Attention to an encoder's output.
class CrossAttention(Module):
  q_proj : __torch__.linear.Linear
  kv_proj : __torch__.linear.Linear
  o_proj : __torch__.linear.Linear
  scores : __torch__.attention.Scores
  num_heads : int
  head_dim : int
  def forward(self, x: Tensor, step: __torch__.step.Step) -> Tensor:
    heads = self.num_heads
    source = step.encoder_hidden_states
    q = torch.reshape(self.q_proj.forward(x), [step.batch, step.tokens, heads, self.head_dim])
    flat = torch.reshape(source, [-1, source.size(-1)])
    kv = torch.reshape(self.kv_proj.forward(flat), [step.batch, source.size(1), 2 * heads, self.head_dim])
    k = torch.transpose(torch.narrow(kv, 2, 0, heads), 1, 2)
    v = torch.transpose(torch.narrow(kv, 2, heads, heads), 1, 2)
    return self.o_proj.forward(self.scores.forward(torch.transpose(q, 1, 2), k, v, None, step.encoder_attention_mask, 0))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.q_proj.load(tensors, name + ".q_proj")
    self.kv_proj.load(tensors, name + ".kv_proj")
    self.o_proj.load(tensors, name + ".o_proj")
