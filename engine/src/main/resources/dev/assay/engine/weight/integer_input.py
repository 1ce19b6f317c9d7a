# Inputs rounded to codes by the conventions of published codes, whose elementary steps are float32
# and in this order: values half-way between codes depend on it. x: [rows, in] -> [rows, in].

# The range over 2 * half - 1 steps, codes from -half; clamped before rounding.
class CompressedTensorsInput(Module):
  half : float
  symmetric : bool
  def forward(self, x: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    if self.symmetric:
      scale = torch.amax(torch.abs(wide), [-1], True) / (self.half - 0.5)
      scale = torch.where(torch.eq(scale, 0), torch.full_like(scale, 1.1920928955078125e-07), scale)
      codes = torch.round(torch.clamp(wide / scale, -self.half, self.half - 1.0))
      return torch.to(codes * scale, x.dtype)
    least = torch.clamp(torch.amin(wide, [-1], True), None, 0.0)
    greatest = torch.clamp(torch.amax(wide, [-1], True), 0.0)
    scale = (greatest - least) / (2.0 * self.half - 1.0)
    scale = torch.where(torch.eq(scale, 0), torch.full_like(scale, 1.1920928955078125e-07), scale)
    zero = torch.round(torch.clamp(torch.neg(least / scale) - self.half, -self.half, self.half - 1.0))
    codes = torch.round(torch.clamp(wide / scale + zero, -self.half, self.half - 1.0))
    return torch.to((codes - zero) * scale, x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# The same steps, multiplied by their reciprocal; the zero is added after rounding.
class TorchaoInput(Module):
  half : float
  symmetric : bool
  least : float
  def forward(self, x: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    if self.symmetric:
      scale = torch.clamp(torch.amax(torch.abs(wide), [-1], True) / (self.half - 0.5), self.least)
      codes = torch.clamp(torch.round(wide * torch.reciprocal(scale)), -self.half, self.half - 1.0)
      return torch.to(codes * scale, x.dtype)
    least = torch.clamp(torch.amin(wide, [-1], True), None, 0.0)
    greatest = torch.clamp(torch.amax(wide, [-1], True), 0.0)
    scale = torch.clamp((greatest - least) / (2.0 * self.half - 1.0), self.least)
    zero = torch.clamp(torch.neg(torch.round(least / scale)) - self.half, -self.half, self.half - 1.0)
    codes = torch.clamp(torch.round(wide * torch.reciprocal(scale)) + zero, -self.half, self.half - 1.0)
    return torch.to((codes - zero) * scale, x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Scales in float16. top: greatest code.
class QserveInput(Module):
  top : float
  def forward(self, x: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    scale = torch.to(torch.to(torch.amax(torch.abs(wide), [-1], True) / self.top, 5), 6)
    scale = torch.where(torch.eq(scale, 0), torch.ones_like(scale), scale)
    codes = torch.clamp(torch.round(wide / scale), -self.top, self.top)
    return torch.to(codes * scale, x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class BitnetInput(Module):
  half : float
  def forward(self, x: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    scale = (self.half - 1.0) / torch.clamp(torch.amax(torch.abs(wide), [-1], True), 1e-05)
    codes = torch.clamp(torch.round(wide * scale), -self.half, self.half - 1.0)
    return torch.to(codes / scale, x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# As DeepSpeed has it: 2 * half steps, of which the last is never reached. Where all values are one,
# which it divides 0 by 0 for, they are left.
class ZeroquantInput(Module):
  half : float
  symmetric : bool
  def forward(self, x: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    steps = 2.0 * self.half
    if self.symmetric:
      scale = torch.amax(torch.abs(wide), [-1], True) * 2.0 / steps
      codes = torch.clamp(torch.round(wide / scale), -self.half, self.half - 1.0)
      values = codes * scale
    else:
      least = torch.amin(wide, [-1], True)
      scale = (torch.amax(wide, [-1], True) - least) / steps
      zero = torch.round(least / scale) * scale
      values = torch.clamp(torch.round((wide - zero) / scale), 0.0, steps - 1.0) * scale + zero
    return torch.to(torch.where(torch.eq(scale, 0), wide, values), x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# LLM.int8(): columns with a magnitude from threshold on are left, the others rounded to 127 steps of
# the greatest magnitude of the row below the threshold.
class OutlierInput(Module):
  threshold : float
  half : bool
  def forward(self, x: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    if self.half:
      wide = torch.to(torch.to(x, 5), 6)
    rest = wide
    columns = torch.zeros([1, x.size(-1)], dtype=11, device=x.device)
    if self.threshold > 0.0:
      outliers = torch.ge(torch.abs(wide), self.threshold)
      rest = torch.masked_fill(wide, outliers, 0.0)
      columns = torch.any(outliers, 0, True)
    greatest = torch.amax(torch.abs(rest), [-1], True)
    codes = torch.round(rest * (127.0 / torch.clamp(greatest, 1e-30)))
    return torch.to(torch.where(columns, wide, codes * (greatest / 127.0)), x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
