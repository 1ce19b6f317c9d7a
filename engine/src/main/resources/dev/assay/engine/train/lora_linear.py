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

# The same beside a weight of which some values are 0 and stay so. mask: [out, in], 0 there and 1 elsewhere.
class MaskedLoraLinear(Module):
  base : __torch__.linear.Linear
  down : Tensor
  up : Tensor
  mask : Tensor
  scale : float
  def forward(self, x: Tensor) -> Tensor:
    return self.base.forward(x) + torch.linear(x, torch.matmul(self.up, self.down) * self.mask * self.scale)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")
    self.down = tensors[name + ".down"]
    self.up = tensors[name + ".up"]
    self.mask = tensors[name + ".mask"]
