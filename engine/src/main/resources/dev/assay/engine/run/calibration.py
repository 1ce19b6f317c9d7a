# Shows what linears see. Keeps the input of each group of linears while it is on.
class Recorder:
  on : bool
  inputs : List[Tensor]

# Shows what a cache gets, of sequences without a past.
class RecordingCache:
  kv : Tensor
  def __init__(self, like: Tensor) -> NoneType:
    self.kv = torch.empty([0], dtype=like.dtype, device=like.device)
  def append(self, kv: Tensor, position: int) -> __torch__.cache.Reads:
    self.kv = torch.contiguous(kv)
    return __torch__.cache.plain(kv)
  def stored(self, kv: Tensor, position: int) -> __torch__.cache.Stored:
    return __torch__.cache.as_read(self.append(kv, position))
  def held(self) -> int:
    return 0
  def given(self) -> int:
    return 0

class ObservedLinear(Module):
  group : int
  recorder : __torch__.calibration.Recorder
  base : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    if self.recorder.on:
      self.recorder.inputs[self.group] = x
    return self.base.forward(x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")

# The experts of a layer, whose input is kept as that of a group behind all others.
class ObservedFeed(Module):
  group : int
  recorder : __torch__.calibration.Recorder
  base : __torch__.feed.Feed
  def forward(self, x: Tensor) -> Tensor:
    if self.recorder.on:
      self.recorder.inputs[self.group] = x
    return self.base.forward(x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")

# One layer alone, with its parts at hand. Sequences are without a past; x: [batch, tokens, hidden].
class CalibratedLayer(Module):
  positions : __torch__.position.Positions
  layer : __torch__.layer.Layer
  self_attn : __torch__.attention.Attention
  mlp : __torch__.feed.Feed
  groups : List[__torch__.linear.Linear]
  recorder : __torch__.calibration.Recorder
  # Groups from this one on see the tokens that reach an expert; all others whole sequences.
  first_expert : int
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.load_below(tensors, "")
  def load_below(self, tensors: Dict[str, Tensor], prefix: str) -> NoneType:
    self.positions.load(tensors, prefix + "positions")
    self.layer.load(tensors, prefix + "layer")
  def extend(self, tables: List[Tensor]) -> NoneType:
    self.positions.extend(tables)
  def step(self, x: Tensor, memory: Tensor) -> __torch__.step.Step:
    step = self.positions.step(x.size(0), x.size(1), 0, x.device)
    step.encoder_hidden_states = memory
    return step
  def output(self, x: Tensor, memory: Tensor) -> Tensor:
    flat = torch.reshape(x, [-1, x.size(2)])
    return torch.reshape(self.layer.forward(flat, self.step(x, memory), self.layer.new_cache(1, 0, flat)), [x.size(0), x.size(1), -1])
  # The output, while the recorder is on.
  def recorded(self, x: Tensor, memory: Tensor) -> Tensor:
    none = torch.empty([0, 0], dtype=x.dtype, device=x.device)
    self.recorder.inputs = [none for i in range(len(self.groups) + 1)]
    self.recorder.on = True
    output = self.output(x, memory)
    self.recorder.on = False
    return output
  # What the router and the experts read, [batch, tokens, hidden]; empty where there are none.
  def routed_input(self, x: Tensor, memory: Tensor) -> Tensor:
    output = self.recorded(x, memory)
    input = self.recorder.inputs[len(self.groups)]
    self.recorder.inputs = annotate(List[Tensor], [])
    if torch.numel(input) > 0:
      input = torch.reshape(input, [x.size(0), x.size(1), -1])
    return input
  # The input of each group, then the output.
  def inputs_and_output(self, x: Tensor, memory: Tensor) -> List[Tensor]:
    output = self.recorded(x, memory)
    seen = annotate(List[Tensor], [])
    for i in range(len(self.groups)):
      input = self.recorder.inputs[i]
      if i < self.first_expert:
        input = torch.reshape(input, [x.size(0), -1, input.size(1)])
      seen = torch.append(seen, input)
    self.recorder.inputs = annotate(List[Tensor], [])
    return torch.append(seen, output)
  # Keys and values of all tokens, [batch, 2 * heads, tokens, width], the keys before positions turn
  # them or after.
  def keys_and_values(self, x: Tensor, memory: Tensor, unturned: bool) -> Tensor:
    flat = torch.reshape(x, [-1, x.size(2)])
    cache = __torch__.calibration.RecordingCache(x)
    before = self.self_attn.unturned_keys
    self.self_attn.unturned_keys = unturned
    output = self.layer.forward(flat, self.step(x, memory), cache)
    self.self_attn.unturned_keys = before
    return cache.kv
  # Of the normed input of the attention.
  def attention(self, x: Tensor, memory: Tensor) -> Tensor:
    flat = torch.reshape(x, [-1, x.size(2)])
    return torch.reshape(self.self_attn.forward(flat, self.step(x, memory), self.self_attn.new_cache(1, 0, flat)), [x.size(0), x.size(1), -1])
  # Of the normed input of the feed-forward.
  def feed_forward(self, x: Tensor) -> Tensor:
    return torch.reshape(self.mlp.forward(torch.reshape(x, [-1, x.size(2)])), [x.size(0), x.size(1), -1])
  def both(self, x: Tensor, memory: Tensor) -> Tensor:
    return self.attention(x, memory) + self.feed_forward(x)
  # What a group of linears makes of its input.
  def group(self, index: int, x: Tensor) -> Tensor:
    flat = torch.reshape(x, [-1, x.size(-1)])
    return self.groups[index].forward(flat)

# The same as a part of another module, which is to be differentiated. table0 and so on: what it
# knows of positions, for sequences of one length.
class DifferentiableLayer(Module):
  calibrated : __torch__.calibration.CalibratedLayer
  tables : int
  def forward(self, x: Tensor, memory: Tensor) -> Tensor:
    return self.calibrated.output(x, memory)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.calibrated.load_below(tensors, name + ".calibrated.")
    if self.tables > 0:
      self.calibrated.extend([tensors[name + ".table" + str(i)] for i in range(self.tables)])

# What stands before the layers, alone. ids: int64 [batch, tokens] -> [batch, tokens, hidden].
class Embedded(Module):
  embedding : __torch__.embedding.Embedding
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.embedding.load(tensors, "embedding")
  def forward(self, ids: Tensor) -> Tensor:
    return torch.reshape(self.embedding.forward(ids, None, 0), [ids.size(0), ids.size(1), -1])

# What stands after them.
class Normed(Module):
  norm : __torch__.norm.Norm
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.norm.load(tensors, "norm")
  def forward(self, x: Tensor) -> Tensor:
    return torch.reshape(self.norm.forward(torch.reshape(x, [-1, x.size(-1)])), [x.size(0), x.size(1), -1])

# A linear alone.
class Product(Module):
  linear : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.linear.forward(x)
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.linear.load(tensors, "linear")
