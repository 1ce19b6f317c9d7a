# What is done to a linear's input before it multiplies. x: [rows, in] -> [rows, in].
class Input(ModuleInterface):
  def forward(self, x: Tensor) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class PlainInput(Module):
  def forward(self, x: Tensor) -> Tensor:
    return x
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Rounded to a grid of its own for each row, the same distance on both sides of 0. top: greatest code.
class SymmetricInput(Module):
  top : float
  def forward(self, x: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    scale = torch.clamp(torch.amax(torch.abs(wide), [-1], True) / self.top, 1.1754943508222875e-38)
    codes = torch.clamp(torch.round(wide / scale), -self.top, self.top)
    return torch.to(codes * scale, x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Rounded to a grid of its own for each row, from the least to the greatest value and over 0.
class AsymmetricInput(Module):
  top : float
  def forward(self, x: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    least = torch.clamp(torch.amin(wide, [-1], True), None, 0.0)
    greatest = torch.clamp(torch.amax(wide, [-1], True), 0.0)
    scale = torch.clamp((greatest - least) / self.top, 1.1754943508222875e-38)
    zero = torch.round(-least / scale)
    codes = torch.clamp(torch.round(wide / scale) + zero, 0.0, self.top)
    return torch.to((codes - zero) * scale, x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Rounded to a grid of its own for each row, or each group of one, over a share of its range.
class ClippedInput(Module):
  bits : int
  symmetric : bool
  clip : float
  group : int
  def forward(self, x: Tensor) -> Tensor:
    wide = torch.to(x, 6)
    if self.group > 0:
      wide = torch.reshape(wide, [-1, self.group])
    least = torch.amin(wide, [-1], True)
    greatest = torch.amax(wide, [-1], True)
    if self.group < 0:
      least = torch.clamp(least, None, 0.0)
      greatest = torch.clamp(greatest, 0.0)
    least = least * self.clip
    greatest = greatest * self.clip
    if self.symmetric:
      top = float((1 << (self.bits - 1)) - 1)
      most = torch.maximum(torch.abs(least), greatest)
      scale = torch.where(torch.eq(most, 0), torch.ones_like(most), most / top)
      y = scale * torch.clamp(torch.round(wide / scale), -top - 1.0, top)
    else:
      none = torch.logical_and(torch.eq(least, 0), torch.eq(greatest, 0))
      least = torch.masked_fill(least, none, -1.0)
      greatest = torch.masked_fill(greatest, none, 1.0)
      top = float((1 << self.bits) - 1)
      # One number throughout is a grid of its own.
      flat = torch.eq(greatest, least)
      scale = torch.clamp((greatest - least) / top, 1.1754943508222875e-38)
      zero = torch.round(-least / scale)
      y = scale * (torch.clamp(torch.round(wide / scale) + zero, 0.0, top) - zero)
      y = torch.where(flat, wide, y)
    return torch.to(torch.reshape(y, x.size()), x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Rounded to one grid for all: scale * (code - zero), codes from 0 to top. first: the zero is added
# before rounding.
class StaticInput(Module):
  scale : float
  zero : float
  first : bool
  top : float
  def forward(self, x: Tensor) -> Tensor:
    codes = torch.to(x, 6) / self.scale
    if self.first:
      codes = torch.round(codes + self.zero)
    else:
      codes = torch.round(codes) + self.zero
    codes = torch.clamp(codes, 0.0, self.top)
    return torch.to((codes - self.zero) * self.scale, x.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Vectors of `block` features, `stride` apart, multiplied by an orthonormal Hadamard matrix: by sums and
# differences (Fino and Algazi 1976), then by its base of an order that is no power of two; treated
# further after that.
class RotatedInput(Module):
  block : int
  stride : int
  base : Tensor
  then : __torch__.input.Input
  def forward(self, x: Tensor) -> Tensor:
    order = self.base.size(0)
    y = torch.to(x, 6)
    h = self.stride
    while h < self.block // order * self.stride:
      y = torch.reshape(y, [-1, 2, h])
      a = torch.select(y, 1, 0)
      b = torch.select(y, 1, 1)
      y = torch.stack([a + b, a - b], 1)
      h = h * 2
    if order > 1:
      y = torch.matmul(self.base, torch.reshape(y, [-1, order, self.block // order * self.stride]))
    y = torch.reshape(y * self.block ** -0.5, x.size())
    return self.then.forward(torch.to(y, x.dtype))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base = tensors[name + ".base"]
    self.then.load(tensors, name + ".then")

# Some features as they come, the others treated as if those were 0.
class SplitInput(Module):
  columns : Tensor
  others : __torch__.input.Input
  def forward(self, x: Tensor) -> Tensor:
    rest = self.others.forward(torch.index_fill(x, -1, self.columns, 0.0))
    return torch.index_copy(rest, -1, self.columns, torch.index_select(x, -1, self.columns))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.columns = tensors[name + ".columns"]
    self.others.load(tensors, name + ".others")

# Runs of features treated each as if it were a token, a last shorter one as if zeros followed.
class GroupedInput(Module):
  size : int
  each : __torch__.input.Input
  def forward(self, x: Tensor) -> Tensor:
    width = x.size(-1)
    missing = (self.size - width % self.size) % self.size
    groups = torch.reshape(torch.constant_pad_nd(x, [0, missing], 0), [-1, self.size])
    treated = torch.reshape(self.each.forward(groups), [-1, width + missing])
    return torch.reshape(torch.narrow(treated, 1, 0, width), x.size())
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.each.load(tensors, name + ".each")

# All tokens of a call treated as if they were one.
class JointInput(Module):
  whole : __torch__.input.Input
  def forward(self, x: Tensor) -> Tensor:
    return torch.reshape(self.whole.forward(torch.reshape(x, [1, -1])), x.size())
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.whole.load(tensors, name + ".whole")
