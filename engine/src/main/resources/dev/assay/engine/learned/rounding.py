# A weight on a uniform grid of which something is learned. Groups lie along the last axis: a weight
# is [out, groups, size], the last group of a row filled up; what a group has one of is [out, groups, 1].
class Quantizer(ModuleInterface):
  # Codes, scales and zeros with value = (code - zero) * scale, to be differentiated.
  def grid(self) -> Tuple[Tensor, Tensor, Tensor]:
    pass
  # The same once learning is over, with whole codes.
  def settled(self) -> Tuple[Tensor, Tensor, Tensor]:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Rounded half to even; the gradient passes as if nothing was done.
def straight(x: Tensor) -> Tensor:
  return torch.detach(torch.round(x) - x) + x

# Held within bounds; the gradient passes where x is within them or on one. PyTorch's own clamp has
# passed it on the bounds in some versions and not in others.
def held(x: Tensor, least: float, greatest: float) -> Tensor:
  within = torch.logical_and(torch.ge(x, least), torch.le(x, greatest))
  return torch.where(within, x, torch.detach(torch.clamp(x, least, greatest)))

# Weights that were 0 stay so, whatever is learned of them.
def pruned(weight: Tensor, codes: Tensor, zero: Tensor) -> Tensor:
  return torch.where(torch.eq(weight, 0.), zero, codes)

# AutoRound (data_type/int.py of intel/auto-round). offset: added before rounding; min_scale,
# max_scale: shares of the range. The zero of a symmetric grid is in the middle, and its scale is
# negative where the largest weight is positive, as there is one code more below than above.
class AutoRound(Module):
  weight : Tensor
  least : Tensor
  greatest : Tensor
  offset : Tensor
  min_scale : Tensor
  max_scale : Tensor
  bits : int
  symmetric : bool
  def grid(self) -> Tuple[Tensor, Tensor, Tensor]:
    lo = self.least * self.min_scale
    hi = self.greatest * self.max_scale
    top = float(2 ** self.bits - 1)
    if self.symmetric:
      half = float(2 ** (self.bits - 1))
      side = torch.to(torch.lt(hi, torch.neg(lo)), 6) * 2. - 1.
      scale = side * torch.maximum(hi, torch.neg(lo)) / half
      scale = torch.where(torch.lt(scale, 0.), torch.clamp_max(scale, -1e-8), torch.clamp_min(scale, 1e-8))
      codes = __torch__.rounding.held(__torch__.rounding.straight(self.weight / scale + self.offset), -half, half - 1.)
      middle = torch.full_like(torch.detach(scale), half)
      return (__torch__.rounding.pruned(self.weight, codes + half, middle), scale, middle)
    scale = torch.clamp_min((hi - lo) / top, 1e-8)
    zero = __torch__.rounding.straight(torch.neg(lo) / scale)
    codes = __torch__.rounding.straight(self.weight / scale + self.offset) + zero
    return (__torch__.rounding.pruned(self.weight, __torch__.rounding.held(codes, 0., top), zero), scale, zero)
  def settled(self) -> Tuple[Tensor, Tensor, Tensor]:
    return self.grid()
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.least = tensors[name + ".least"]
    self.greatest = tensors[name + ".greatest"]
    self.offset = tensors[name + ".offset"]
    self.min_scale = tensors[name + ".min_scale"]
    self.max_scale = tensors[name + ".max_scale"]

# OmniQuant's learned clipping (quantizer.py of OpenGVLab/OmniQuant). low, high: shares of the range
# before the sigmoid. centred: the zero of a symmetric grid is in the middle, with one code more below.
class LearnedClipping(Module):
  weight : Tensor
  least : Tensor
  greatest : Tensor
  low : Tensor
  high : Tensor
  bits : int
  symmetric : bool
  centred : bool
  def grid(self) -> Tuple[Tensor, Tensor, Tensor]:
    lo = torch.sigmoid(self.low) * self.least
    hi = torch.sigmoid(self.high) * self.greatest
    top = float(2 ** self.bits - 1)
    half = float(2 ** (self.bits - 1))
    if self.symmetric:
      scale = __torch__.rounding.held(torch.maximum(torch.abs(hi), torch.abs(lo)) / (half - 1.), 1e-5, 1e4)
      middle = half - 1.
      if self.centred:
        middle = half
      zero = torch.full_like(torch.detach(scale), middle)
    else:
      scale = __torch__.rounding.held((hi - lo) / top, 1e-5, 1e4)
      zero = torch.round(torch.clamp(torch.detach(torch.neg(lo) / scale), -1e4, 1e4))
    codes = __torch__.rounding.straight(self.weight / scale) + zero
    return (__torch__.rounding.held(codes, 0., top), scale, zero)
  def settled(self) -> Tuple[Tensor, Tensor, Tensor]:
    return self.grid()
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.least = tensors[name + ".least"]
    self.greatest = tensors[name + ".greatest"]
    self.low = tensors[name + ".low"]
    self.high = tensors[name + ".high"]

# AdaRound: every weight is rounded up by a share between 0 and 1 that is learned, in the end to
# one of both (adaround of quic/aimet). The grid is given.
class AdaRound(Module):
  weight : Tensor
  scale : Tensor
  zero : Tensor
  alpha : Tensor
  bits : int
  def share(self) -> Tensor:
    return __torch__.rounding.held(torch.sigmoid(self.alpha) * 1.2 - 0.1, 0., 1.)
  def codes(self, up: Tensor) -> Tensor:
    codes = __torch__.rounding.held(torch.floor(self.weight / self.scale) + up + self.zero, 0., float(2 ** self.bits - 1))
    return __torch__.rounding.pruned(self.weight, codes, self.zero)
  def grid(self) -> Tuple[Tensor, Tensor, Tensor]:
    return (self.codes(self.share()), self.scale, self.zero)
  def settled(self) -> Tuple[Tensor, Tensor, Tensor]:
    return (self.codes(torch.to(torch.ge(self.alpha, 0.), 6)), self.scale, self.zero)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.scale = tensors[name + ".scale"]
    self.zero = tensors[name + ".zero"]
    self.alpha = tensors[name + ".alpha"]
