class LookedUp(Module):
  table : __torch__.tiled.TiledGridEmbedding
  def forward(self, ids: Tensor) -> Tensor:
    return self.table.forward(ids, None, 0)
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.table.load(tensors, "table")
