# Weights of which some run, those where mask is 1 and not 0; scores are learned as if each weight ran (a
# straight-through estimate). scores, mask: [out, in]; mixed: whether products are of bfloat16.
class MovementLinear(Module):
  weight : Tensor
  scores : Tensor
  mask : Tensor
  mixed : bool
  def forward(self, x: Tensor) -> Tensor:
    # The difference is 0 to the bit, and a weight that runs is what it is.
    runs = self.mask + (self.scores - torch.detach(self.scores))
    return __torch__.movement.product(x, self.weight * runs, self.mixed)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.scores = tensors[name + ".scores"]
    self.mask = tensors[name + ".mask"]

# The same without scores.
class MaskedLinear(Module):
  weight : Tensor
  mask : Tensor
  mixed : bool
  def forward(self, x: Tensor) -> Tensor:
    return __torch__.movement.product(x, self.weight * self.mask, self.mixed)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.mask = tensors[name + ".mask"]

def product(x: Tensor, weight: Tensor, mixed: bool) -> Tensor:
  if mixed:
    result = torch.to(torch.linear(torch.to(x, 15), torch.to(weight, 15)), x.dtype)
  else:
    result = torch.linear(x, weight)
  return result
