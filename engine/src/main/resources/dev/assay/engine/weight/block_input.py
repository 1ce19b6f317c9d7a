# Inputs rounded to numbers of few bits in blocks of features, a last shorter one as if zeros
# followed. x: [rows, in] -> [rows, in].

# Under powers of two. Attributes as in element.py.
class MicroscaledInput(Module):
  size : int
  rule : int
  kept : int
  p : int
  mantissa : int
  least : int
  limit : float
  away : bool
  def forward(self, x: Tensor) -> Tensor:
    parts = __torch__.block_input.blocks(x, self.size)
    m = torch.amax(torch.abs(parts), [2], True)
    shared = torch.clamp(__torch__.block_input.shared(m, self.rule, self.kept, self.p, self.limit), -127, 127)
    scale = __torch__.block_input.power(shared)
    values = __torch__.block_input.nearest(parts / scale, self.mantissa, self.least, self.limit, self.away)
    return __torch__.block_input.joined(values * scale, x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# E2M1 under E4M3 scales that are divided by one number.
class Nvfp4Input(Module):
  size : int
  divisor : float
  def forward(self, x: Tensor) -> Tensor:
    parts = __torch__.block_input.blocks(x, self.size)
    m = torch.amax(torch.abs(parts), [2], True)
    scale = torch.to(torch.to(torch.clamp((m / 6.0) * self.divisor, -448.0, 448.0), 24), 6)
    scale = torch.where(torch.eq(scale, 0), torch.full_like(scale, 0.125), scale) / self.divisor
    values = __torch__.block_input.nearest(parts / scale, 1, 0, 6.0, False)
    return __torch__.block_input.joined(values * scale, x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

def blocks(x: Tensor, size: int) -> Tensor:
  missing = (size - x.size(1) % size) % size
  wide = torch.constant_pad_nd(torch.to(x, 6), [0, missing], 0)
  return torch.reshape(wide, [x.size(0), (x.size(1) + missing) // size, size])

def joined(parts: Tensor, x: Tensor) -> Tensor:
  rows = torch.reshape(parts, [x.size(0), parts.size(1) * parts.size(2)])
  return torch.to(rows[:, :x.size(1)], x.dtype)

def exponent(m: Tensor) -> Tensor:
  return torch.bitwise_right_shift(torch.view_copy(torch.contiguous(m), dtype=3), 23) - 127

def power(e: Tensor) -> Tensor:
  bits = torch.where(torch.gt(e, -127), torch.bitwise_left_shift(e + 127, 23), torch.full_like(e, 4194304))
  return torch.view_copy(torch.contiguous(bits), dtype=6)

def shared(m: Tensor, rule: int, kept: int, p: int, limit: float) -> Tensor:
  if rule == 0:
    return __torch__.block_input.exponent(m) - p
  if rule == 1:
    return __torch__.block_input.ceiling(m) - p
  if rule == 2:
    bits = torch.view_copy(torch.contiguous(m), dtype=3) + (1 << (22 - kept))
    return torch.bitwise_right_shift(bits, 23) - 127 - p
  return __torch__.block_input.ceiling(m / limit)

def ceiling(m: Tensor) -> Tensor:
  bits = torch.view_copy(torch.contiguous(m), dtype=3)
  above = torch.to(torch.gt(torch.bitwise_and(bits, 8388607), 0), 3)
  return torch.bitwise_right_shift(bits, 23) - 127 + above

# The nearest numbers of a format.
def nearest(x: Tensor, mantissa: int, least: int, limit: float, away: bool) -> Tensor:
  size = torch.clamp_max(torch.abs(x), limit)
  step = __torch__.block_input.power(torch.clamp_min(__torch__.block_input.exponent(size), least) - mantissa)
  parts = size / step
  if away:
    parts = torch.floor(parts + 0.5)
  else:
    parts = torch.round(parts)
  return torch.copysign(parts * step, x)
