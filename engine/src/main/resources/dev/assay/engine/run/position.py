# How a model knows where tokens stand: makes each step with what its layers need of that.
class Positions(ModuleInterface):
  def step(self, batch: int, tokens: int, position: int, device: Device) -> __torch__.step.Step:
    pass
  # Takes tables of more positions.
  def extend(self, tables: List[Tensor]) -> NoneType:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Positions that layers know nothing of, as those that are added to the embedding.
class NoPositions(Module):
  def step(self, batch: int, tokens: int, position: int, device: Device) -> __torch__.step.Step:
    return __torch__.step.Step(batch, tokens, position, device)
  def extend(self, tables: List[Tensor]) -> NoneType:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Queries and keys turn. cos, sin: [positions, 1, width], every angle twice, for both halves of the
# width; the sines of the first half are negated. From `switch` tokens on others stand in their
# place, which LongRoPE has for long sequences.
class RotaryPositions(Module):
  cos : Tensor
  sin : Tensor
  long_cos : Tensor
  long_sin : Tensor
  switch : int
  def extend(self, tables: List[Tensor]) -> NoneType:
    self.cos = tables[0]
    self.sin = tables[1]
    self.long_cos = tables[2]
    self.long_sin = tables[3]
  def step(self, batch: int, tokens: int, position: int, device: Device) -> __torch__.step.Step:
    step = __torch__.step.Step(batch, tokens, position, device)
    cos = self.cos
    sin = self.sin
    if position + tokens > self.switch:
      cos = self.long_cos
      sin = self.long_sin
    step.cos = torch.narrow(cos, 0, position, tokens)
    step.sin = torch.narrow(sin, 0, position, tokens)
    step.all_cos = torch.narrow(cos, 0, 0, position + tokens)
    step.all_sin = torch.narrow(sin, 0, 0, position + tokens)
    return step
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Scores fall with distance. biases: float32 [heads, positions] (Press et al. 2022).
class AlibiPositions(Module):
  biases : Tensor
  def extend(self, tables: List[Tensor]) -> NoneType:
    self.biases = tables[0]
  def step(self, batch: int, tokens: int, position: int, device: Device) -> __torch__.step.Step:
    step = __torch__.step.Step(batch, tokens, position, device)
    end = position + tokens
    bias = torch.unsqueeze(torch.narrow(self.biases, 1, 0, end), 1)
    if tokens > 1:
      hidden = torch.logical_not(__torch__.attention.visible(tokens, end, position, 0, bias))
      bias = torch.masked_fill(bias, hidden, -float("inf"))
    step.attention_mask = torch.unsqueeze(bias, 0)
    return step
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# A learned term for each distance is added to the scores, in buckets that widen with it
# (Raffel et al. 2020). weight: float32 [buckets, heads].
class RelativePositions(Module):
  weight : Tensor
  buckets : int
  max_distance : int
  causal : bool
  def extend(self, tables: List[Tensor]) -> NoneType:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
  def step(self, batch: int, tokens: int, position: int, device: Device) -> __torch__.step.Step:
    step = __torch__.step.Step(batch, tokens, position, device)
    end = position + tokens
    key = torch.unsqueeze(torch.arange(end, dtype=4, device=device), 0)
    query = torch.unsqueeze(torch.arange(position, end, dtype=4, device=device), 1)
    ahead = key - query
    bias = torch.permute(torch.embedding(self.weight, self.bucket(ahead)), [2, 0, 1])
    bias = torch.unsqueeze(bias, 0)
    if self.causal:
      bias = torch.masked_fill(bias, torch.gt(ahead, 0), -float("inf"))
    step.attention_mask = torch.contiguous(bias)
    return step
  # Half of the buckets are for single distances, the others widen up to max_distance; with both
  # directions each has half of all.
  def bucket(self, ahead: Tensor) -> Tensor:
    first = torch.zeros_like(ahead)
    count = self.buckets
    distance = torch.clamp_min(torch.neg(ahead), 0)
    if not self.causal:
      count = self.buckets // 2
      first = torch.to(torch.gt(ahead, 0), 4) * count
      distance = torch.abs(ahead)
    exact = count // 2
    whole = torch.log(torch.full([1], self.max_distance / exact, dtype=6, device=ahead.device))
    stretch = torch.log(torch.to(torch.clamp_min(distance, 1), 6) / exact) / whole
    far = torch.clamp_max(exact + torch.to(stretch * (count - exact), 4), count - 1)
    return first + torch.where(torch.lt(distance, exact), distance, far)

# What positions do to queries and keys. x: [batch, tokens, heads, width], the first `turning` of
# them queries and keys, the others values, which pass. x itself may be written.
class Rotation(ModuleInterface):
  def forward(self, x: Tensor, turning: int, step: __torch__.step.Step) -> Tensor:
    pass
  # The same of queries alone, and of keys alone, [batch, tokens, heads, width].
  def queries(self, q: Tensor, step: __torch__.step.Step) -> Tensor:
    pass
  def keys(self, k: Tensor, step: __torch__.step.Step) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class NoRotation(Module):
  def forward(self, x: Tensor, turning: int, step: __torch__.step.Step) -> Tensor:
    return x
  def queries(self, q: Tensor, step: __torch__.step.Step) -> Tensor:
    return q
  def keys(self, k: Tensor, step: __torch__.step.Step) -> Tensor:
    return k
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# The first dimensions of each head turn in pairs half of them apart; the others pass.
class HalfRotation(Module):
  def forward(self, x: Tensor, turning: int, step: __torch__.step.Step) -> Tensor:
    width = step.cos.size(-1)
    half = width // 2
    rest = x.size(-1) - width
    qk = torch.slice(x, 2, 0, turning)
    if step.tokens == 1 and rest == 0:
      rolled = torch.roll(qk, [half], [-1])
      torch.addcmul_(torch.mul_(qk, step.cos), rolled, step.sin)
      return x
    cos = torch.narrow(step.cos, -1, 0, half)
    sin = torch.narrow(step.sin, -1, half, half)
    a = torch.narrow(qk, -1, 0, half)
    b = torch.narrow(qk, -1, half, half)
    turned = [a * cos - b * sin, b * cos + a * sin]
    if rest > 0:
      turned = torch.append(turned, torch.narrow(qk, -1, width, rest))
    return __torch__.position.beside(torch.cat(turned, -1), x)
  def queries(self, q: Tensor, step: __torch__.step.Step) -> Tensor:
    return self.forward(q, q.size(2), step)
  def keys(self, k: Tensor, step: __torch__.step.Step) -> Tensor:
    return self.forward(k, k.size(2), step)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# The first dimensions of each head turn in pairs of neighbours; the others pass.
class NeighbourRotation(Module):
  def forward(self, x: Tensor, turning: int, step: __torch__.step.Step) -> Tensor:
    width = step.cos.size(-1)
    half = width // 2
    rest = x.size(-1) - width
    cos = torch.narrow(step.cos, -1, 0, half)
    sin = torch.narrow(step.sin, -1, half, half)
    qk = torch.slice(x, 2, 0, turning)
    pairs = torch.narrow(qk, -1, 0, width)
    a = pairs[:, :, :, 0::2]
    b = pairs[:, :, :, 1::2]
    turned = [torch.flatten(torch.stack([a * cos - b * sin, b * cos + a * sin], -1), -2)]
    if rest > 0:
      turned = torch.append(turned, torch.narrow(qk, -1, width, rest))
    return __torch__.position.beside(torch.cat(turned, -1), x)
  def queries(self, q: Tensor, step: __torch__.step.Step) -> Tensor:
    return self.forward(q, q.size(2), step)
  def keys(self, k: Tensor, step: __torch__.step.Step) -> Tensor:
    return self.forward(k, k.size(2), step)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Queries and keys in place of x's, whose values they get.
def beside(qk: Tensor, x: Tensor) -> Tensor:
  return torch.cat([qk, torch.slice(x, 2, qk.size(2), x.size(2))], 2)

# Queries and keys are normed head by head before they turn.
class NormedRotation(Module):
  heads : int
  q_norm : __torch__.norm.Norm
  k_norm : __torch__.norm.Norm
  rotation : __torch__.position.Rotation
  def forward(self, x: Tensor, turning: int, step: __torch__.step.Step) -> Tensor:
    q = self.q_norm.forward(torch.slice(x, 2, 0, self.heads))
    k = self.k_norm.forward(torch.slice(x, 2, self.heads, turning))
    v = torch.slice(x, 2, turning, x.size(2))
    return self.rotation.forward(torch.cat([q, k, v], 2), turning, step)
  def queries(self, q: Tensor, step: __torch__.step.Step) -> Tensor:
    return self.rotation.queries(self.q_norm.forward(q), step)
  def keys(self, k: Tensor, step: __torch__.step.Step) -> Tensor:
    return self.rotation.keys(self.k_norm.forward(k), step)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.q_norm.load(tensors, name + ".q_norm")
    self.k_norm.load(tensors, name + ".k_norm")
    self.rotation.load(tensors, name + ".rotation")
