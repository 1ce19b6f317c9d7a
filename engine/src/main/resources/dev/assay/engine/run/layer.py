# x: [batch * tokens, hidden], the residual stream.
class Layer(ModuleInterface):
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    pass
  # Keys and values alone, of tokens that go through no more of the layer.
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    pass
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Attention and feed-forward each read a norm of the stream and add to it.
class PreNormLayer(Module):
  input_layernorm : __torch__.norm.Norm
  self_attn : __torch__.attention.Attention
  post_attention_layernorm : __torch__.norm.Norm
  mlp : __torch__.feed.Feed
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    a = self.self_attn.forward(self.input_layernorm.forward(x), step, cache)
    x, y, = self.post_attention_layernorm.added(x, a)
    return x + self.mlp.forward(y)
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    self.self_attn.keep(self.input_layernorm.forward(x), step, cache)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.self_attn.new_cache(batch, capacity, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.input_layernorm.load(tensors, name + ".input_layernorm")
    self.self_attn.load(tensors, name + ".self_attn")
    self.post_attention_layernorm.load(tensors, name + ".post_attention_layernorm")
    self.mlp.load(tensors, name + ".mlp")

# Each adds to the stream, which is normed afterwards.
class PostNormLayer(Module):
  self_attn : __torch__.attention.Attention
  post_attention_layernorm : __torch__.norm.Norm
  mlp : __torch__.feed.Feed
  post_feedforward_layernorm : __torch__.norm.Norm
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    x = self.post_attention_layernorm.forward(x + self.self_attn.forward(x, step, cache))
    return self.post_feedforward_layernorm.forward(x + self.mlp.forward(x))
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    self.self_attn.keep(x, step, cache)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.self_attn.new_cache(batch, capacity, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.self_attn.load(tensors, name + ".self_attn")
    self.post_attention_layernorm.load(tensors, name + ".post_attention_layernorm")
    self.mlp.load(tensors, name + ".mlp")
    self.post_feedforward_layernorm.load(tensors, name + ".post_feedforward_layernorm")

# Norms before and after each.
class SandwichLayer(Module):
  input_layernorm : __torch__.norm.Norm
  self_attn : __torch__.attention.Attention
  post_attention_layernorm : __torch__.norm.Norm
  pre_feedforward_layernorm : __torch__.norm.Norm
  mlp : __torch__.feed.Feed
  post_feedforward_layernorm : __torch__.norm.Norm
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    a = self.self_attn.forward(self.input_layernorm.forward(x), step, cache)
    x = x + self.post_attention_layernorm.forward(a)
    f = self.mlp.forward(self.pre_feedforward_layernorm.forward(x))
    return x + self.post_feedforward_layernorm.forward(f)
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    self.self_attn.keep(self.input_layernorm.forward(x), step, cache)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.self_attn.new_cache(batch, capacity, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.input_layernorm.load(tensors, name + ".input_layernorm")
    self.self_attn.load(tensors, name + ".self_attn")
    self.post_attention_layernorm.load(tensors, name + ".post_attention_layernorm")
    self.pre_feedforward_layernorm.load(tensors, name + ".pre_feedforward_layernorm")
    self.mlp.load(tensors, name + ".mlp")
    self.post_feedforward_layernorm.load(tensors, name + ".post_feedforward_layernorm")

# Attention and feed-forward read one norm side by side.
class ParallelLayer(Module):
  input_layernorm : __torch__.norm.Norm
  self_attn : __torch__.attention.Attention
  mlp : __torch__.feed.Feed
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    y = self.input_layernorm.forward(x)
    return x + self.self_attn.forward(y, step, cache) + self.mlp.forward(y)
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    self.self_attn.keep(self.input_layernorm.forward(x), step, cache)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.self_attn.new_cache(batch, capacity, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.input_layernorm.load(tensors, name + ".input_layernorm")
    self.self_attn.load(tensors, name + ".self_attn")
    self.mlp.load(tensors, name + ".mlp")

# They read a norm each, side by side.
class ParallelNormsLayer(Module):
  input_layernorm : __torch__.norm.Norm
  self_attn : __torch__.attention.Attention
  post_attention_layernorm : __torch__.norm.Norm
  mlp : __torch__.feed.Feed
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    a = self.self_attn.forward(self.input_layernorm.forward(x), step, cache)
    return x + a + self.mlp.forward(self.post_attention_layernorm.forward(x))
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    self.self_attn.keep(self.input_layernorm.forward(x), step, cache)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.self_attn.new_cache(batch, capacity, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.input_layernorm.load(tensors, name + ".input_layernorm")
    self.self_attn.load(tensors, name + ".self_attn")
    self.post_attention_layernorm.load(tensors, name + ".post_attention_layernorm")
    self.mlp.load(tensors, name + ".mlp")

# With attention to an encoder's output in between.
class CrossAttentionLayer(Module):
  input_layernorm : __torch__.norm.Norm
  self_attn : __torch__.attention.Attention
  cross_attn_layernorm : __torch__.norm.Norm
  cross_attn : __torch__.attention.CrossAttention
  post_attention_layernorm : __torch__.norm.Norm
  mlp : __torch__.feed.Feed
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    x = x + self.self_attn.forward(self.input_layernorm.forward(x), step, cache)
    x = x + self.cross_attn.forward(self.cross_attn_layernorm.forward(x), step)
    return x + self.mlp.forward(self.post_attention_layernorm.forward(x))
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    self.self_attn.keep(self.input_layernorm.forward(x), step, cache)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.self_attn.new_cache(batch, capacity, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.input_layernorm.load(tensors, name + ".input_layernorm")
    self.self_attn.load(tensors, name + ".self_attn")
    self.cross_attn_layernorm.load(tensors, name + ".cross_attn_layernorm")
    self.cross_attn.load(tensors, name + ".cross_attn")
    self.post_attention_layernorm.load(tensors, name + ".post_attention_layernorm")
    self.mlp.load(tensors, name + ".mlp")

# As PreNormLayer, of a stream that changes its basis on its way past each part.
class ShortcutLayer(Module):
  input_layernorm : __torch__.norm.Norm
  self_attn : __torch__.attention.Attention
  attn_shortcut : __torch__.linear.Linear
  post_attention_layernorm : __torch__.norm.Norm
  mlp : __torch__.feed.Feed
  mlp_shortcut : __torch__.linear.Linear
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    a = self.self_attn.forward(self.input_layernorm.forward(x), step, cache)
    x, y, = self.post_attention_layernorm.added(self.attn_shortcut.forward(x), a)
    return self.mlp_shortcut.forward(x) + self.mlp.forward(y)
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    self.self_attn.keep(self.input_layernorm.forward(x), step, cache)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.self_attn.new_cache(batch, capacity, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.input_layernorm.load(tensors, name + ".input_layernorm")
    self.self_attn.load(tensors, name + ".self_attn")
    self.attn_shortcut.load(tensors, name + ".attn_shortcut")
    self.post_attention_layernorm.load(tensors, name + ".post_attention_layernorm")
    self.mlp.load(tensors, name + ".mlp")
    self.mlp_shortcut.load(tensors, name + ".mlp_shortcut")

# As ParallelLayer, of a stream that changes its basis on its way past both.
class ParallelShortcutLayer(Module):
  input_layernorm : __torch__.norm.Norm
  self_attn : __torch__.attention.Attention
  attn_shortcut : __torch__.linear.Linear
  mlp : __torch__.feed.Feed
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    y = self.input_layernorm.forward(x)
    return self.attn_shortcut.forward(x) + self.self_attn.forward(y, step, cache) + self.mlp.forward(y)
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    self.self_attn.keep(self.input_layernorm.forward(x), step, cache)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.self_attn.new_cache(batch, capacity, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.input_layernorm.load(tensors, name + ".input_layernorm")
    self.self_attn.load(tensors, name + ".self_attn")
    self.attn_shortcut.load(tensors, name + ".attn_shortcut")
    self.mlp.load(tensors, name + ".mlp")

# As ParallelNormsLayer, likewise.
class ParallelNormsShortcutLayer(Module):
  input_layernorm : __torch__.norm.Norm
  self_attn : __torch__.attention.Attention
  attn_shortcut : __torch__.linear.Linear
  post_attention_layernorm : __torch__.norm.Norm
  mlp : __torch__.feed.Feed
  def forward(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> Tensor:
    a = self.self_attn.forward(self.input_layernorm.forward(x), step, cache)
    return self.attn_shortcut.forward(x) + a + self.mlp.forward(self.post_attention_layernorm.forward(x))
  def keep(self, x: Tensor, step: __torch__.step.Step, cache: __torch__.cache.Cache) -> NoneType:
    self.self_attn.keep(self.input_layernorm.forward(x), step, cache)
  def new_cache(self, batch: int, capacity: int, like: Tensor) -> __torch__.cache.Cache:
    return self.self_attn.new_cache(batch, capacity, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.input_layernorm.load(tensors, name + ".input_layernorm")
    self.self_attn.load(tensors, name + ".self_attn")
    self.attn_shortcut.load(tensors, name + ".attn_shortcut")
    self.post_attention_layernorm.load(tensors, name + ".post_attention_layernorm")
    self.mlp.load(tensors, name + ".mlp")
