# Layers one after the other, with what stands around them.
class Stack(Module):
  embedding : __torch__.embedding.Embedding
  positions : __torch__.position.Positions
  layers : List[__torch__.layer.Layer]
  norm : __torch__.norm.Norm
  # ids: int64 [batch, tokens] -> [batch * tokens, hidden], after the final norm.
  def forward(self, ids: Tensor, token_types: Optional[Tensor], step: __torch__.step.Step, caches: List[__torch__.cache.Cache]) -> Tensor:
    x = self.embedding.forward(ids, token_types, step.position)
    for i in range(len(self.layers)):
      x = self.layers[i].forward(x, step, caches[i])
    return self.norm.forward(x)
  # What the first layer takes in, [batch, tokens, hidden].
  def embed(self, ids: Tensor, token_types: Tensor) -> Tensor:
    x = self.embedding.forward(ids, __torch__.step.given(token_types), 0)
    return torch.reshape(x, [ids.size(0), ids.size(1), -1])
  # What one layer makes of its input, without a past; [batch, tokens, hidden].
  def layer(self, index: int, x: Tensor, step: __torch__.step.Step) -> Tensor:
    flat = torch.reshape(x, [x.size(0) * x.size(1), x.size(2)])
    return torch.reshape(self.layers[index].forward(flat, step, self.layers[index].new_cache(1, 0, flat)), [x.size(0), x.size(1), -1])
  def step(self, x: Tensor, position: int) -> __torch__.step.Step:
    return self.positions.step(x.size(0), x.size(1), position, x.device)
  def new_caches(self, batch: int, capacity: int, like: Tensor) -> List[__torch__.cache.Cache]:
    caches = annotate(List[__torch__.cache.Cache], [])
    for i in range(len(self.layers)):
      caches = torch.append(caches, self.layers[i].new_cache(batch, capacity, like))
    return caches
  # Caches of sequences without a past.
  def no_caches(self, like: Tensor) -> List[__torch__.cache.Cache]:
    return self.new_caches(1, 0, like)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.embedding.load(tensors, name + ".embedding")
    self.positions.load(tensors, name + ".positions")
    for i in range(len(self.layers)):
      self.layers[i].load(tensors, name + ".layers." + str(i))
    self.norm.load(tensors, name + ".norm")
