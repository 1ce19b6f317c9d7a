# The first position that a token sees.
def first_seen(position: int, window: int) -> int:
  first = 0
  if window > 0 and position + 1 > window:
    first = position + 1 - window
  return first

# A linear that the op knows: its tensors as grid.h has them, or four times its values; bits, group, rows,
# columns, bits of inputs, and the greatest code of a grid for each row of these.
class TokenLinear(ModuleInterface):
  def parts(self) -> Tuple[Tensor, Tensor, Tensor, Tensor, List[int]]:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

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
    q_codes, q_scales, q_zeros, q_values, q = self.qkv_proj.parts()
    o_codes, o_scales, o_zeros, o_values, o = self.o_proj.parts()
    u_codes, u_scales, u_zeros, u_values, u = self.gate_up_proj.parts()
    d_codes, d_scales, d_zeros, d_values, d = self.down_proj.parts()
    self.packed = ops.assay.decoder_layer_pack(a.weight, b.weight, q_codes, q_scales, q_zeros, q_values, q[0], q[1], q[2], q[3], q[4], q[5], o_codes, o_scales, o_zeros, o_values, o[0], o[1], o[2], o[3], o[4], o[5], u_codes, u_scales, u_zeros, u_values, u[0], u[1], u[2], u[3], u[4], u[5], d_codes, d_scales, d_zeros, d_values, d[0], d[1], d[2], d[3], d[4], d[5], a.eps, a.offset, b.eps, b.offset, self.num_heads, self.scale, self.cap, self.pairs, self.activation, self.threads)
