# The first position that a token sees.
def first_seen(position: int, window: int) -> int:
  first = 0
  if window > 0 and position + 1 > window:
    first = position + 1 - window
  return first

# A linear that the op knows: its products as the op reads them, uint8 [products, bytes], which hold addresses
# of what the tensors hold.
class TokenLinear(ModuleInterface):
  def packed(self) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# linear.LowRankLinear of those that the op knows.
class TokenFactors(Module):
  down : __torch__.token.TokenLinear
  up : __torch__.token.TokenLinear
  def packed(self) -> Tensor:
    return ops.assay.linear_behind(self.down.packed(), self.up.packed())
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.down.load(tensors, name + ".down")
    self.up.load(tensors, name + ".up")

# linear.JoinedLinear of them.
class TokenJoined(Module):
  parts : List[__torch__.token.TokenLinear]
  def packed(self) -> Tensor:
    all = self.parts[0].packed()
    for i in range(len(self.parts) - 1):
      all = ops.assay.linear_beside(all, self.parts[i + 1].packed())
    return all
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    for i in range(len(self.parts)):
      self.parts[i].load(tensors, name + ".parts." + str(i))

# linear.NarrowedLinear of one.
class TokenNarrowed(Module):
  first : int
  base : __torch__.token.TokenLinear
  def packed(self) -> Tensor:
    return ops.assay.linear_narrowed(self.base.packed(), self.first)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")

# A layer that one op of our own runs for one token of each sequence, and otherwise its parts. They are
# loaded twice, which holds their tensors once.
class TokenLayer(Module):
  base : __torch__.layer.Layer
  input_layernorm : __torch__.fused.FusedRmsNorm
  post_attention_layernorm : __torch__.fused.FusedRmsNorm
  qkv_proj : __torch__.token.TokenLinear
  o_proj : __torch__.token.TokenLinear
  gate_up_proj : __torch__.token.TokenLinear
  down_proj : __torch__.token.TokenLinear
  num_heads : int
  scale : float
  cap : float
  window : int
  pairs : int
  activation : int
  threads : int
  # Most sequences whose tokens it takes.
  most : int
  # What it is, as the op reads it: addresses of what its tensors hold.
  packed : Tensor
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    if step.tokens != 1 or step.batch > self.most:
      return self.base.forward(x, step, cache)
    both = cache.stored(x, step.position).both
    # Without a past nothing is kept.
    if torch.numel(both) == 0:
      return self.base.forward(x, step, cache)
    first = __torch__.token.first_seen(step.position, self.window)
    return ops.assay.decoder_layer(torch.contiguous(x), both, torch.contiguous(step.cos), torch.contiguous(step.sin), self.packed, first, step.position)
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    self.base.keep(x, step, cache)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.base.new_cache(batch, capacity, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")
    self.input_layernorm.load(tensors, name + ".base.input_layernorm")
    self.post_attention_layernorm.load(tensors, name + ".base.post_attention_layernorm")
    self.qkv_proj.load(tensors, name + ".base.self_attn.qkv_proj")
    self.o_proj.load(tensors, name + ".base.self_attn.o_proj")
    self.gate_up_proj.load(tensors, name + ".base.mlp.gate_up_proj")
    self.down_proj.load(tensors, name + ".base.mlp.down_proj")
    a = self.input_layernorm
    b = self.post_attention_layernorm
    self.packed = ops.assay.decoder_layer_pack(a.weight, b.weight, self.qkv_proj.packed(), self.o_proj.packed(), self.gate_up_proj.packed(), self.down_proj.packed(), a.eps, a.offset, b.eps, b.offset, self.num_heads, self.scale, self.cap, self.pairs, self.activation, self.threads)
