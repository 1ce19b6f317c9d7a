# Gradients of a model's mean loss in one of its weights.
class Trained(Module):
  model : __torch__.model.CausalModel
  weight : Tensor
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.model.load(tensors)
  # As a method of tensors alone, which is what can be called with autograd.
  def watch(self, weight: Tensor) -> Tensor:
    self.weight = weight
    return weight
  def extend(self, tables: List[Tensor]) -> NoneType:
    self.model.extend(tables)
  def loss(self, ids: Tensor) -> Tensor:
    return torch.mean(self.model.losses(ids, 256))
  def gradient(self, ids: Tensor) -> Tensor:
    found = torch.autograd.grad([self.loss(ids)], [self.weight])[0]
    if found is None:
      return torch.empty([0], device=ids.device)
    return found
