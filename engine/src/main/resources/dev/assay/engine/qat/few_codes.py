# Two and three values, through which gradients pass unchanged.

# BitNet b1.58 (Ma et al. 2024): the mean magnitude of the whole weight, its negative, and 0.
class Ternary(Module):
  half : bool
  def scale(self, x: Tensor) -> Tensor:
    mean = torch.clamp_min(torch.mean(torch.abs(torch.detach(x))), 1e-5)
    return __torch__.straight.stored(mean, self.half)
  def codes(self, x: Tensor) -> Tensor:
    return torch.clamp(torch.round(torch.detach(x) / self.scale(x)), -1., 1.)
  def forward(self, x: Tensor) -> Tensor:
    return __torch__.straight.along(self.codes(x) * self.scale(x), x)
  def stored(self, x: Tensor) -> List[Tensor]:
    codes = __torch__.grouping.grouped(self.codes(x) + 1., 0)
    scale = torch.reshape(self.scale(x), [1, 1, 1])
    return __torch__.grouping.stored(codes, scale, torch.ones_like(scale), x.size(1))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# BitNet (Wang et al. 2023): the sign of what is above or below the mean, times the mean magnitude. Two
# values leave none for what is the mean itself, which counts as above.
class Binary(Module):
  half : bool
  def scale(self, x: Tensor) -> Tensor:
    return __torch__.straight.stored(torch.mean(torch.abs(torch.detach(x))), self.half)
  def codes(self, x: Tensor) -> Tensor:
    x = torch.detach(x)
    return torch.to(torch.ge(x, torch.mean(x)), 6) * 2. - 1.
  def forward(self, x: Tensor) -> Tensor:
    return __torch__.straight.along(self.codes(x) * self.scale(x), x)
  def stored(self, x: Tensor) -> List[Tensor]:
    codes = __torch__.grouping.grouped((self.codes(x) + 1.) * 0.5, 0)
    scale = torch.reshape(self.scale(x), [1, 1, 1]) * 2.
    return __torch__.grouping.stored(codes, scale, torch.full_like(scale, 0.5), x.size(1))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Signs alone (Courbariaux et al. 2016); that of 0 is 0.
class Signs(Module):
  def codes(self, x: Tensor) -> Tensor:
    return torch.sign(torch.detach(x))
  def forward(self, x: Tensor) -> Tensor:
    return __torch__.straight.along(self.codes(x), x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# BitNet's activations, which have 8 bits: the greatest magnitude of a token is 2^(bits - 1) - 1.
class TokenCodes(Module):
  bits : int
  def scale(self, x: Tensor) -> Tensor:
    most = torch.amax(torch.abs(torch.detach(x)), [-1], True)
    return (2. ** (self.bits - 1) - 1.) / torch.clamp_min(most, 1e-5)
  def codes(self, x: Tensor) -> Tensor:
    half = 2. ** (self.bits - 1)
    return torch.clamp(torch.round(torch.detach(x) * self.scale(x)), -half, half - 1.)
  def forward(self, x: Tensor) -> Tensor:
    return __torch__.straight.along(self.codes(x) / self.scale(x), x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
