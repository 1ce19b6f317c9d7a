# The first position that a token sees.
def first_seen(position: int, window: int) -> int:
  first = 0
  if window > 0 and position + 1 > window:
    first = position + 1 - window
  return first

# A layer that one op of our own runs for one token of each sequence, and otherwise its parts. They are
# loaded twice, which holds their tensors once.
class TokenLayer(Module):
  base : __torch__.layer.Layer
  input_layernorm : __torch__.fused.FusedRmsNorm
  post_attention_layernorm : __torch__.fused.FusedRmsNorm
  qkv_proj : __torch__.tiled.TiledGridLinear
  o_proj : __torch__.tiled.TiledGridLinear
  gate_up_proj : __torch__.tiled.TiledGridLinear
  down_proj : __torch__.tiled.TiledGridLinear
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
    q = self.qkv_proj
    o = self.o_proj
    b = self.post_attention_layernorm
    u = self.gate_up_proj
    d = self.down_proj
    self.packed = ops.assay.decoder_layer_pack(a.weight, b.weight, q.codes, q.scales, q.zeros, q.values, q.bits, q.group, q.rows, q.columns, q.input_bits, q.top, o.codes, o.scales, o.zeros, o.values, o.bits, o.group, o.rows, o.columns, o.input_bits, o.top, u.codes, u.scales, u.zeros, u.values, u.bits, u.group, u.rows, u.columns, u.input_bits, u.top, d.codes, d.scales, d.zeros, d.values, d.bits, d.group, d.rows, d.columns, d.input_bits, d.top, a.eps, a.offset, b.eps, b.offset, self.num_heads, self.scale, self.cap, self.pairs, self.activation, self.threads)

# The same of linears by values, which the op knows by their 16 bits.
class DenseTokenLayer(Module):
  base : __torch__.layer.Layer
  input_layernorm : __torch__.fused.FusedRmsNorm
  post_attention_layernorm : __torch__.fused.FusedRmsNorm
  qkv_proj : __torch__.dense_rows.DenseRowsLinear
  o_proj : __torch__.dense_rows.DenseRowsLinear
  gate_up_proj : __torch__.dense_rows.DenseRowsLinear
  down_proj : __torch__.dense_rows.DenseRowsLinear
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
    q = self.qkv_proj
    o = self.o_proj
    b = self.post_attention_layernorm
    u = self.gate_up_proj
    d = self.down_proj
    self.packed = ops.assay.decoder_layer_pack(a.weight, b.weight, q.weight, q.weight, q.weight, q.weight, 16, 0, q.rows, q.columns, 16, 0, o.weight, o.weight, o.weight, o.weight, 16, 0, o.rows, o.columns, 16, 0, u.weight, u.weight, u.weight, u.weight, 16, 0, u.rows, u.columns, 16, 0, d.weight, d.weight, d.weight, d.weight, 16, 0, d.rows, d.columns, 16, 0, a.eps, a.offset, b.eps, b.offset, self.num_heads, self.scale, self.cap, self.pairs, self.activation, self.threads)
