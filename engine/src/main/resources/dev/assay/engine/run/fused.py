# A root mean square. offset: what the weight is the factor less of.
class FusedRmsNorm(Module):
  weight : Tensor
  eps : float
  offset : float
  threads : int
  def forward(self, x: Tensor) -> Tensor:
    return ops.assay.rms_norm(torch.contiguous(x), self.weight, self.eps, self.offset, self.threads)
  def added(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
    return ops.assay.add_rms_norm(torch.contiguous(x), torch.contiguous(y), self.weight, self.eps, self.offset, self.threads)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]

# A rotation of what may be written. pairs: as vector_ops.h of the ops says.
class FusedRotation(Module):
  base : __torch__.position.Rotation
  pairs : int
  threads : int
  def forward(self, x: Tensor, turning: int, step: __torch__.step.Step) -> Tensor:
    return ops.assay.turn(torch.contiguous(x), torch.contiguous(step.cos), torch.contiguous(step.sin), turning, self.pairs, self.threads)
  # Of these each is a part of a whole, which would have to be copied first.
  def queries(self, q: Tensor, step: __torch__.step.Step) -> Tensor:
    return self.base.queries(q, step)
  def keys(self, k: Tensor, step: __torch__.step.Step) -> Tensor:
    return self.base.keys(k, step)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")

# A gated feed-forward. activation: as vector_ops.h of the ops says.
class FusedGatedFeed(Module):
  gate_up_proj : __torch__.linear.Linear
  down_proj : __torch__.linear.Linear
  activation : int
  threads : int
  def forward(self, x: Tensor) -> Tensor:
    both = torch.contiguous(self.gate_up_proj.forward(x))
    return self.down_proj.forward(ops.assay.gate(both, self.activation, self.threads))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.gate_up_proj.load(tensors, name + ".gate_up_proj")
    self.down_proj.load(tensors, name + ".down_proj")

# Causal scores that for one token of each sequence read a cache as it stores keys and values, by an op
# of our own. cap: that of capped scores, or 0.
class FusedScores(Module):
  base : __torch__.attention.Scores
  scale : float
  cap : float
  window : int
  threads : int
  def forward(self, q: Tensor, k: Tensor, v: Tensor, chosen: Optional[Tensor], mask: Optional[Tensor], position: int) -> Tensor:
    return self.base.forward(q, k, v, chosen, mask, position)
  def reads(self, tokens: int) -> bool:
    return tokens == 1
  def read(self, qkv: Tensor, heads: int, position: int, cache: __torch__.cache.Cache) -> Tensor:
    x = torch.contiguous(qkv)
    first = 0
    if self.window > 0 and position + 1 > self.window:
      first = position + 1 - self.window
    s = cache.stored(torch.transpose(torch.slice(x, 2, heads, x.size(2)), 1, 2), position)
    if torch.numel(s.both) > 0:
      both = ops.assay.keep(s.both, x, heads, position)
      return ops.assay.attend(x, both, heads, first, position + 1, self.scale, self.cap, self.threads)
    if s.turned:
      # Turned queries times turned keys are the queries times the keys; in float32, as they are longer
      # than what float16 holds may be.
      q = __torch__.quarot_cache.turned(torch.slice(x, 2, 0, heads))
      x = torch.cat([q, torch.to(torch.slice(x, 2, heads, x.size(2)), 6)], 2)
    context = ops.assay.attend_packed(x, s.key_codes, s.key_scales, s.key_zeros, s.value_codes, s.value_scales, s.value_zeros, s.keys, s.values, heads, first, position + 1, self.scale, self.cap, self.threads, s.form, s.key_bits, s.value_bits, s.key_shift, s.value_shift, s.packed_keys, s.packed_values, s.key_group)
    return torch.to(context, qkv.dtype)

class FusedChoice(Module):
  def forward(self, logits: Tensor) -> Tensor:
    return ops.assay.greatest(torch.contiguous(logits))
