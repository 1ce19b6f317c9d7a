# A linear with a product of two beside it. down: [rank, in]; up: [out, rank].
class LoraLinear(Module):
  base : __torch__.linear.Linear
  down : Tensor
  up : Tensor
  scale : float
  def forward(self, x: Tensor) -> Tensor:
    return self.base.forward(x) + torch.linear(torch.linear(x, self.down), self.up) * self.scale
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")
    self.down = tensors[name + ".down"]
    self.up = tensors[name + ".up"]
