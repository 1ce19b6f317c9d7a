# Numbers of few bits in blocks, dequantised at each call.

# Powers of two as bytes: 2^(byte - 127).
class PowerScales(Module):
  bytes : Tensor
  def values(self) -> Tensor:
    return __torch__.blocks.powers(self.bytes)
  def at(self, places: Tensor) -> Tensor:
    return __torch__.blocks.powers(torch.index_select(self.bytes, 0, places))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.bytes = tensors[name + ".bytes"]

def powers(bytes: Tensor) -> Tensor:
  e = torch.to(bytes, 3)
  bits = torch.where(torch.gt(e, 0), torch.bitwise_left_shift(e, 23), torch.full_like(e, 4194304))
  return torch.view_copy(torch.contiguous(bits), dtype=6)

# Small floats, divided by one number.
class DividedScales(Module):
  floats : Tensor
  divisor : Tensor
  def values(self) -> Tensor:
    return torch.to(self.floats, 6) / self.divisor
  def at(self, places: Tensor) -> Tensor:
    return torch.to(torch.index_select(self.floats, 0, places), 6) / self.divisor
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.floats = tensors[name + ".floats"]
    self.divisor = tensors[name + ".divisor"]

# codes: a stream of bits a row; table: the value of every code; scales: [rows, blocks] of runs of
# size columns.
class ElementLinear(Module):
  codes : Tensor
  table : Tensor
  scales : __torch__.linear.Scales
  bits : int
  columns : int
  size : int
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x, torch.to(self.dequantize(), x.dtype))
  def dequantize(self) -> Tensor:
    codes = __torch__.blocks.elements(self.codes, self.bits, self.columns)
    return __torch__.blocks.scaled(codes, self.table, self.scales.values(), self.size)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.table = tensors[name + ".table"]
    self.scales.load(tensors, name + ".scales")

# The values of codes, [rows, columns], under scales, [rows, blocks].
def scaled(codes: Tensor, table: Tensor, scales: Tensor, size: int) -> Tensor:
  rows = codes.size(0)
  columns = codes.size(1)
  values = torch.reshape(torch.index_select(table, 0, torch.reshape(codes, [-1])), [rows, -1])
  padded = torch.constant_pad_nd(values, [0, scales.size(1) * size - columns], 0)
  product = torch.reshape(padded, [rows, -1, size]) * torch.unsqueeze(scales, 2)
  return torch.reshape(product, [rows, -1])[:, :columns]

# The codes of streams, int32 [rows, columns]: 4 bits each, or 6 of which four fill three bytes, or 8.
def elements(codes: Tensor, bits: int, columns: int) -> Tensor:
  if bits == 8:
    return torch.to(codes, 3)
  if bits == 4:
    return torch.to(__torch__.linear.fields(codes, 4, 15, columns), 3)
  missing = (3 - codes.size(1) % 3) % 3
  bytes = torch.to(torch.constant_pad_nd(codes, [0, missing], 0), 3)
  parts = torch.reshape(bytes, [codes.size(0), -1, 3])
  words = parts[:, :, 0] + parts[:, :, 1] * 256 + parts[:, :, 2] * 65536
  shifts = torch.arange(0, 24, 6, dtype=3, device=codes.device)
  fields = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(words, -1), shifts), 63)
  return torch.reshape(fields, [codes.size(0), -1])[:, :columns]

# Floats of 8 bits, widened at each call. scales: one for each block of rows and columns.
class BlockFloat8Linear(Module):
  weight : Tensor
  scales : Tensor
  rows : int
  columns : int
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x, torch.to(self.dequantize(), x.dtype))
  def dequantize(self) -> Tensor:
    by_row = torch.repeat_interleave(self.scales, self.rows, 0)[:self.weight.size(0)]
    spread = torch.repeat_interleave(by_row, self.columns, 1)[:, :self.weight.size(1)]
    return torch.to(self.weight, 6) * spread
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.scales = tensors[name + ".scales"]
