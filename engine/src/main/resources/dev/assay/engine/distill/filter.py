# What states go through before they are compared: [tokens, width] to [tokens, other width].
class Filter(ModuleInterface):
  def forward(self, x: Tensor) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class Same(Module):
  def forward(self, x: Tensor) -> Tensor:
    return x
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class Linear(Module):
  weight : Tensor
  def forward(self, x: Tensor) -> Tensor:
    return torch.matmul(x, torch.t(self.weight))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]

class Affine(Module):
  weight : Tensor
  bias : Tensor
  def forward(self, x: Tensor) -> Tensor:
    return torch.matmul(x, torch.t(self.weight)) + self.bias
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.bias = tensors[name + ".bias"]

# Two with a tanh between them.
class Bent(Module):
  first : __torch__.filter.Affine
  second : __torch__.filter.Affine
  def forward(self, x: Tensor) -> Tensor:
    return self.second.forward(torch.tanh(self.first.forward(x)))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.first.load(tensors, name + ".first")
    self.second.load(tensors, name + ".second")
