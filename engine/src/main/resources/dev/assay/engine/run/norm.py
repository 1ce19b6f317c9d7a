# x: [..., width], normed along its last axis.
class Norm(ModuleInterface):
  def forward(self, x: Tensor) -> Tensor:
    pass
  # x plus y, and the norm of that.
  def added(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class NoNorm(Module):
  def forward(self, x: Tensor) -> Tensor:
    return x
  def added(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
    sum = x + y
    return (sum, self.forward(sum))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Root mean square, times a weight (Zhang and Sennrich 2019). twice: the weight two times over;
# signs: 1 and -1, one below the other.
class RmsNorm(Module):
  weight : Tensor
  twice : Tensor
  signs : Tensor
  eps : float
  def forward(self, x: Tensor) -> Tensor:
    width = x.size(-1)
    if x.size(0) == 1 and x.dim() == 2:
      # x and -x have the mean 0 and x's mean square as variance: one op in place of a dozen.
      both = torch.reshape(x * self.signs, [1, 2 * width])
      return torch.slice(torch.layer_norm(both, [2 * width], self.twice, None, self.eps), 1, 0, width)
    return torch.rms_norm(x, [width], self.weight, self.eps)
  def added(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
    sum = x + y
    return (sum, self.forward(sum))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.twice = tensors[name + ".twice"]
    self.signs = tensors[name + ".signs"]

# The same from the weight alone.
class PlainRmsNorm(Module):
  weight : Tensor
  eps : float
  def forward(self, x: Tensor) -> Tensor:
    return torch.rms_norm(x, [x.size(-1)], self.weight, self.eps)
  def added(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
    sum = x + y
    return (sum, self.forward(sum))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]

# The stored weight is the factor less one, and the sum is not rounded to 16 bits.
class OffsetRmsNorm(Module):
  weight : Tensor
  eps : float
  def forward(self, x: Tensor) -> Tensor:
    factor = torch.to(self.weight, 6) + 1.0
    return torch.to(torch.rms_norm(torch.to(x, 6), [x.size(-1)], factor, self.eps), x.dtype)
  def added(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
    sum = x + y
    return (sum, self.forward(sum))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]

# Mean and variance, times a weight, plus a bias (Ba et al. 2016).
class LayerNorm(Module):
  weight : Tensor
  bias : Tensor
  eps : float
  def forward(self, x: Tensor) -> Tensor:
    return torch.layer_norm(x, [x.size(-1)], self.weight, self.bias, self.eps)
  def added(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
    sum = x + y
    return (sum, self.forward(sum))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.bias = tensors[name + ".bias"]

# A norm, and a projection to the width of the embedding.
class ProjectedNorm(Module):
  norm : __torch__.norm.Norm
  project_out : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.project_out.forward(self.norm.forward(x))
  def added(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
    sum = x + y
    return (sum, self.forward(sum))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.norm.load(tensors, name + ".norm")
    self.project_out.load(tensors, name + ".project_out")
