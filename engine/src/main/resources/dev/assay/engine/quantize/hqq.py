# Half-quadratic quantization as in quantize.py and optimize.py of mobiusml/hqq. w: [groups, size] with
# axis 1, [size, groups] with axis 0. Gives codes as floats of w's shape, and of each group the scale
# that dequantises and the zero, which is no whole number.
def hqq(self, w: Tensor, max_code: int, axis: int, optimize: bool, round_zero: bool, norm: float, beta: float, iterations: int) -> Tuple[Tensor, Tensor, Tensor]:
  lo = torch.amin(w, [axis], True)
  span = torch.amax(w, [axis], True) - lo
  scale = torch.div(torch.full_like(span, float(max_code)), span)
  scale = torch.where(torch.le(torch.abs(span), 1e-4), torch.ones_like(scale), scale)
  scale = torch.clamp_max(scale, 2e4)
  zero = torch.neg(lo) * scale
  if round_zero:
    zero = torch.round(zero)
  least = 1e4
  steps = iterations
  if not optimize:
    steps = 0
  step = 0
  while step < steps:
    codes = self.codes(w, scale, zero, max_code)
    off = w - (codes - zero) / scale
    sparse = self.shrunk(off, norm, beta)
    # The newest zero stays, also where it makes nothing better.
    zero = torch.mean(codes - (w - sparse) * scale, [axis], True)
    error = float(torch.mean(torch.abs(off)))
    step = step + 1
    if error < least:
      least = error
    else:
      step = steps
  return (self.codes(w, scale, zero, max_code), torch.reciprocal(scale), zero)

def codes(self, w: Tensor, scale: Tensor, zero: Tensor, max_code: int) -> Tensor:
  return torch.clamp(torch.round(w * scale + zero), 0, max_code)

# What is left of x where errors are taken to the power of norm, which makes few large ones cheap.
def shrunk(self, x: Tensor, norm: float, beta: float) -> Tensor:
  size = torch.abs(x)
  if norm == 1.0:
    return torch.sign(x) * torch.relu(size - 1.0 / beta)
  return torch.sign(x) * torch.relu(size - torch.pow(size, norm - 1.0) * (1.0 / beta))

# [out, in] -> what hqq takes, with groups along axis.
def grouped(self, w: Tensor, size: int, axis: int) -> Tensor:
  if axis == 1:
    return torch.reshape(w, [-1, size])
  return torch.reshape(w, [size, -1])

def bytes(self, codes: Tensor, rows: int, columns: int) -> Tensor:
  return torch.to(torch.reshape(codes, [rows, columns]), 0)

def flat(self, x: Tensor) -> Tensor:
  return torch.contiguous(torch.reshape(x, [-1]))

def by_row(self, x: Tensor, rows: int) -> Tensor:
  return torch.contiguous(torch.reshape(x, [rows, -1]))
