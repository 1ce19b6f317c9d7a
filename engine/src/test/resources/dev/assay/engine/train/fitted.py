# How far x times a weight is from y; a second weight has no part in it, and the second term is the
# weight's own square.
class Fitted(Module):
  weight : Tensor
  idle : Tensor
  def terms(self, batch: List[Tensor]) -> Tensor:
    off = torch.matmul(batch[0], self.weight) - batch[1]
    return torch.stack([torch.mean(off * off), torch.sum(self.weight * self.weight) * 0.01])
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.idle = tensors[name + ".idle"]
