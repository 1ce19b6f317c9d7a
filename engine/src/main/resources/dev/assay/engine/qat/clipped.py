# PACT (Choi et al. 2018): activations between 0 and a bound that is learned.
class LearnedBound(Module):
  bound : Tensor
  bits : int
  def codes(self, x: Tensor) -> Tensor:
    bound = torch.detach(self.bound)
    held = torch.minimum(torch.clamp_min(torch.detach(x), 0.), bound)
    return torch.round(held * (2. ** self.bits - 1.) / bound)
  def forward(self, x: Tensor) -> Tensor:
    bound = torch.detach(self.bound)
    value = self.codes(x) * bound / (2. ** self.bits - 1.)
    far = torch.to(torch.ge(torch.detach(x), bound), x.dtype)
    inside = torch.logical_and(torch.ge(torch.detach(x), 0.), torch.le(torch.detach(x), bound))
    path = __torch__.straight.by(x, torch.to(inside, x.dtype)) + __torch__.straight.by(self.bound, far)
    return __torch__.straight.along(value, path)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.bound = tensors[name + ".bound"]

# DoReFa (Zhou et al. 2016): weights through a hyperbolic tangent. scaled: to the greatest of them, as
# a code has it, with its gradient, and not from -1 to 1, with the gradient unchanged.
class Tanh(Module):
  bits : int
  scaled : bool
  def codes(self, x: Tensor) -> Tensor:
    t = torch.tanh(torch.detach(x))
    return torch.round((t / (2. * torch.amax(torch.abs(t))) + 0.5) * (2. ** self.bits - 1.))
  def forward(self, x: Tensor) -> Tensor:
    value = self.codes(x) * 2. / (2. ** self.bits - 1.) - 1.
    if not self.scaled:
      return __torch__.straight.along(value, x)
    t = torch.tanh(torch.detach(x))
    return __torch__.straight.along(value * torch.amax(torch.abs(t)), __torch__.straight.by(x, 1. - t * t))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# The same with 1 bit: signs times the mean magnitude.
class MeanSigns(Module):
  def codes(self, x: Tensor) -> Tensor:
    return torch.sign(torch.detach(x))
  def forward(self, x: Tensor) -> Tensor:
    return __torch__.straight.along(self.codes(x) * torch.mean(torch.abs(torch.detach(x))), x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# DoReFa's activations, between 0 and 1.
class UnitRange(Module):
  bits : int
  def codes(self, x: Tensor) -> Tensor:
    return torch.round(torch.clamp(torch.detach(x), 0., 1.) * (2. ** self.bits - 1.))
  def forward(self, x: Tensor) -> Tensor:
    inside = __torch__.straight.inside(x, 0., 1.)
    return __torch__.straight.along(self.codes(x) / (2. ** self.bits - 1.), __torch__.straight.by(x, inside))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
