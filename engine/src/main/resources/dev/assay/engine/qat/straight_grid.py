# The grid that the weights have at every step; the gradient passes where the code, rounded but not
# clamped, is one, and none passes through scale and zero.

# Codes from -2^(bits - 1) on; the greatest magnitude is 2^(bits - 1) - 1.
class SymmetricGrid(Module):
  bits : int
  size : int
  half : bool
  def scale(self, x: Tensor) -> Tensor:
    most = torch.amax(torch.abs(torch.detach(x)), [2], True)
    scale = torch.where(torch.gt(most, 0.), most / (2. ** (self.bits - 1) - 1.), torch.ones_like(most))
    return __torch__.straight.stored(scale, self.half)
  def raw(self, x: Tensor) -> Tensor:
    return torch.round(torch.detach(x) / self.scale(x))
  def clamped(self, raw: Tensor) -> Tensor:
    return torch.clamp(raw, -(2. ** (self.bits - 1)), 2. ** (self.bits - 1) - 1.)
  def forward(self, x: Tensor) -> Tensor:
    w = __torch__.grouping.grouped(x, self.size)
    raw = self.raw(w)
    inside = __torch__.straight.inside(raw, -(2. ** (self.bits - 1)), 2. ** (self.bits - 1) - 1.)
    value = self.clamped(raw) * self.scale(w)
    return __torch__.grouping.by_row(__torch__.straight.along(value, __torch__.straight.by(w, inside)), x.size(1))
  def codes(self, x: Tensor) -> Tensor:
    return __torch__.grouping.by_row(self.clamped(self.raw(__torch__.grouping.grouped(x, self.size))), x.size(1))
  def stored(self, x: Tensor) -> List[Tensor]:
    w = __torch__.grouping.grouped(x, self.size)
    zero = 2. ** (self.bits - 1)
    scale = self.scale(w)
    return __torch__.grouping.stored(self.clamped(self.raw(w)) + zero, scale, torch.full_like(scale, zero), x.size(1))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Codes from 0 on, over the range of the weights and 0.
class RangeGrid(Module):
  bits : int
  size : int
  half : bool
  def scale(self, x: Tensor) -> Tensor:
    x = torch.detach(x)
    least = torch.clamp_max(torch.amin(x, [2], True), 0.)
    range = torch.clamp_min(torch.amax(x, [2], True), 0.) - least
    scale = torch.where(torch.gt(range, 0.), range / (2. ** self.bits - 1.), torch.ones_like(range))
    return __torch__.straight.stored(scale, self.half)
  def zero(self, x: Tensor, scale: Tensor) -> Tensor:
    least = torch.clamp_max(torch.amin(torch.detach(x), [2], True), 0.)
    return torch.clamp(torch.round(torch.neg(least) / scale), 0., 2. ** self.bits - 1.)
  def raw(self, x: Tensor, scale: Tensor, zero: Tensor) -> Tensor:
    return torch.round(torch.detach(x) / scale) + zero
  def clamped(self, raw: Tensor) -> Tensor:
    return torch.clamp(raw, 0., 2. ** self.bits - 1.)
  def forward(self, x: Tensor) -> Tensor:
    w = __torch__.grouping.grouped(x, self.size)
    scale = self.scale(w)
    zero = self.zero(w, scale)
    raw = self.raw(w, scale, zero)
    inside = __torch__.straight.inside(raw, 0., 2. ** self.bits - 1.)
    value = (self.clamped(raw) - zero) * scale
    return __torch__.grouping.by_row(__torch__.straight.along(value, __torch__.straight.by(w, inside)), x.size(1))
  def codes(self, x: Tensor) -> Tensor:
    w = __torch__.grouping.grouped(x, self.size)
    scale = self.scale(w)
    return __torch__.grouping.by_row(self.clamped(self.raw(w, scale, self.zero(w, scale))), x.size(1))
  def stored(self, x: Tensor) -> List[Tensor]:
    w = __torch__.grouping.grouped(x, self.size)
    scale = self.scale(w)
    zero = self.zero(w, scale)
    return __torch__.grouping.stored(self.clamped(self.raw(w, scale, zero)), scale, zero, x.size(1))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
