# A linear in the form in which it runs. x: [rows, in] -> [rows, out].
class Linear(ModuleInterface):
  def forward(self, x: Tensor) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class DenseLinear(Module):
  weight : Tensor
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x, self.weight)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]

# For a type whose products of more than a few rows are slow: those are computed in float32.
class WidenedLinear(Module):
  weight : Tensor
  narrow_rows : int
  def forward(self, x: Tensor) -> Tensor:
    return __torch__.linear.dense(x, self.weight, self.narrow_rows)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]

def dense(x: Tensor, weight: Tensor, narrow_rows: int) -> Tensor:
  if x.dtype == 6 or x.size(0) <= narrow_rows:
    return torch.linear(x, weight)
  return torch.to(torch.linear(torch.to(x, 6), torch.to(weight, 6)), x.dtype)

# bfloat16, reordered once for oneDNN.
class PrepackedLinear(Module):
  weight : Tensor
  def forward(self, x: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, self.weight, None, 'none', annotate(List[Optional[number]], []), '')
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]

# Codes of 4 bits in groups. grid: [in / group, out, 2], scale and zero. block: rows that libtorch
# packs together; 0 where that is not known, and all rows go through its kernel.
class Int4Linear(Module):
  weight : Tensor
  grid : Tensor
  group : int
  block : int
  packed_rows : int
  narrow_rows : int
  def forward(self, x: Tensor) -> Tensor:
    # The last rows of a weight that is no whole number of blocks are packed in a way of their own.
    if x.size(0) <= self.packed_rows or self.block == 0 or self.grid.size(1) % self.block != 0:
      return torch._weight_int4pack_mm_for_cpu(x, self.weight, self.group, self.grid)
    return __torch__.linear.dense(x, self.dequantize(), self.narrow_rows)
  def dequantize(self) -> Tensor:
    n = self.grid.size(1)
    k = self.grid.size(0) * self.group
    packed = torch.view(self.weight, [n // self.block, k, self.block // 2])
    codes = torch.cat([torch.bitwise_and(packed, 15), torch.bitwise_right_shift(packed, 4)], 2)
    codes = torch.reshape(torch.transpose(codes, 1, 2), [n, k // self.group, self.group])
    grid = torch.transpose(self.grid, 0, 1)
    values = (torch.to(codes, grid.dtype) - 8.0) * grid[:, :, 0:1] + grid[:, :, 1:2]
    return torch.reshape(values, [n, k])
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.grid = tensors[name + ".grid"]

# A code of 8 bits each, a scale a row.
class Int8Linear(Module):
  weight : Tensor
  scale : Tensor
  packed_rows : int
  narrow_rows : int
  def forward(self, x: Tensor) -> Tensor:
    if x.size(0) <= self.packed_rows:
      return torch._weight_int8pack_mm(x, self.weight, self.scale)
    values = torch.to(self.weight, x.dtype) * torch.unsqueeze(self.scale, 1)
    return __torch__.linear.dense(x, values, self.narrow_rows)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.scale = tensors[name + ".scale"]

# Codes on a grid, dequantised at each call, some rows at a time: scale * (code - zero), both those of
# the column's group. codes: uint8, a row one stream of bits, the first code in the lowest; scales,
# zeros: [out, groups]; groups: [in]; size: columns of each group where they are runs of one length,
# otherwise 0.
class GridLinear(Module):
  codes : Tensor
  scales : Tensor
  zeros : Tensor
  groups : Tensor
  size : int
  bits : int
  mask : int
  narrow_rows : int
  def forward(self, x: Tensor) -> Tensor:
    rows = self.codes.size(0)
    step = max(1, 4194304 // self.groups.size(0))
    if rows <= step:
      return self.product(x, 0, rows)
    products = annotate(List[Tensor], [])
    for i in range((rows + step - 1) // step):
      products = torch.append(products, self.product(x, i * step, min(step, rows - i * step)))
    return torch.cat(products, -1)
  def product(self, x: Tensor, start: int, rows: int) -> Tensor:
    packed = torch.narrow(self.codes, 0, start, rows)
    codes = __torch__.linear.stream(packed, self.bits, self.mask, self.groups.size(0))
    scales = torch.narrow(self.scales, 0, start, rows)
    zeros = torch.narrow(self.zeros, 0, start, rows)
    values = __torch__.linear.on_grid(codes, scales, zeros, self.groups, self.size)
    return __torch__.linear.dense(x, torch.to(values, x.dtype), self.narrow_rows)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.scales = tensors[name + ".scales"]
    self.zeros = tensors[name + ".zeros"]
    self.groups = tensors[name + ".groups"]

# Codes on grids whose groups know no rows, dequantised at each call. codes: uint8, a row one stream of
# bits, the first code in the lowest; scales, zeros: one a group, a run of size elements with axis 1, with axis 0
# every (out * in / size)-th element.
class FlatGridLinear(Module):
  codes : Tensor
  scales : Tensor
  zeros : Tensor
  bits : int
  mask : int
  columns : int
  size : int
  axis : int
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x, torch.to(self.dequantize(), x.dtype))
  def dequantize(self) -> Tensor:
    codes = torch.to(__torch__.linear.stream(self.codes, self.bits, self.mask, self.columns), 6)
    shape = codes.size()
    scales = torch.to(self.scales, 6)
    zeros = torch.to(self.zeros, 6)
    if self.axis == 1:
      values = (torch.reshape(codes, [-1, self.size]) - torch.unsqueeze(zeros, 1)) * torch.unsqueeze(scales, 1)
    else:
      values = (torch.reshape(codes, [self.size, -1]) - zeros) * scales
    return torch.reshape(values, shape)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.scales = tensors[name + ".scales"]
    self.zeros = tensors[name + ".zeros"]

# Floats of 8 bits under a scale a row, or one for all, widened at each call.
class Float8Linear(Module):
  weight : Tensor
  scales : Tensor
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x, torch.to(torch.to(self.weight, 6) * self.scales, x.dtype))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.scales = tensors[name + ".scales"]

# Scales of blocks, float32 [blocks].
class Scales(ModuleInterface):
  def values(self) -> Tensor:
    pass
  # Those of some blocks, int64 [n]; where they are those of rows of blocks, of some rows.
  def at(self, places: Tensor) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class PlainScales(Module):
  absmax : Tensor
  def values(self) -> Tensor:
    return self.absmax
  def at(self, places: Tensor) -> Tensor:
    return torch.index_select(torch.reshape(self.absmax, [-1]), 0, places)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.absmax = tensors[name + ".absmax"]

# Scales that are quantized in their turn, in blocks of size.
class NestedScales(Module):
  codes : Tensor
  codebook : Tensor
  absmax : Tensor
  size : int
  offset : float
  def values(self) -> Tensor:
    entries = torch.index_select(self.codebook, 0, torch.to(self.codes, 3))
    return __torch__.linear.by_block(entries, self.absmax, self.size) + self.offset
  def at(self, places: Tensor) -> Tensor:
    codes = torch.index_select(torch.reshape(self.codes, [-1]), 0, places)
    entries = torch.index_select(self.codebook, 0, torch.to(codes, 3))
    absmax = torch.index_select(torch.reshape(self.absmax, [-1]), 0, torch.floor_divide(places, self.size))
    return entries * absmax + self.offset
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.codebook = tensors[name + ".codebook"]
    self.absmax = tensors[name + ".absmax"]

# Codes of 4 bits into a table, dequantised at each call. codes: uint8, two a byte, the first in the
# high bits; blocks of size are runs of the flattened weight.
class CodebookLinear(Module):
  codes : Tensor
  codebook : Tensor
  scales : __torch__.linear.Scales
  size : int
  rows : int
  columns : int
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x, torch.to(self.dequantize(), x.dtype))
  def dequantize(self) -> Tensor:
    pairs = torch.stack([torch.bitwise_right_shift(self.codes, 4), torch.bitwise_and(self.codes, 15)], 1)
    codes = torch.narrow(torch.reshape(pairs, [-1]), 0, 0, self.rows * self.columns)
    entries = torch.index_select(self.codebook, 0, torch.to(codes, 3))
    values = __torch__.linear.by_block(entries, self.scales.values(), self.size)
    return torch.reshape(values, [self.rows, self.columns])
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.codebook = tensors[name + ".codebook"]
    self.scales.load(tensors, name + ".scales")

# Values, [n], times the scale of their block, [blocks].
def by_block(values: Tensor, scales: Tensor, size: int) -> Tensor:
  n = torch.numel(values)
  blocks = torch.numel(scales)
  padded = torch.reshape(torch.constant_pad_nd(values, [0, blocks * size - n], 0), [blocks, size])
  return torch.narrow(torch.reshape(padded * torch.unsqueeze(scales, 1), [-1]), 0, 0, n)

# The values of codes, [rows, columns]; scales, zeros: [rows, groups]; groups: [columns]. size: columns of
# each group where they are runs of one length, otherwise 0.
def on_grid(codes: Tensor, scales: Tensor, zeros: Tensor, groups: Tensor, size: int) -> Tensor:
  if size > 0:
    values = torch.reshape(torch.to(codes, 6), [codes.size(0), -1, size])
    values = torch.sub_(values, torch.unsqueeze(torch.to(zeros, 6), 2))
    values = torch.mul_(values, torch.unsqueeze(torch.to(scales, 6), 2))
    return torch.reshape(values, [codes.size(0), -1])
  scale = torch.index_select(torch.to(scales, 6), 1, groups)
  zero = torch.index_select(torch.to(zeros, 6), 1, groups)
  return (torch.to(codes, 6) - zero) * scale

# The codes of streams of bits, [rows, columns]. A code lies in one byte or in two.
def stream(codes: Tensor, bits: int, mask: int, columns: int) -> Tensor:
  if 8 % bits == 0:
    return __torch__.linear.fields(codes, bits, mask, columns)
  start = torch.arange(0, columns * bits, bits, dtype=3, device=codes.device)
  first = torch.bitwise_right_shift(start, 3)
  low = torch.to(torch.index_select(codes, 1, first), 3)
  second = torch.clamp_max(first + 1, codes.size(1) - 1)
  high = torch.bitwise_left_shift(torch.to(torch.index_select(codes, 1, second), 3), 8)
  pairs = torch.bitwise_right_shift(torch.bitwise_or(low, high), torch.bitwise_and(start, 7))
  return torch.bitwise_and(pairs, mask)

# The codes in fields of bits, [rows, columns].
def fields(codes: Tensor, bits: int, mask: int, columns: int) -> Tensor:
  if bits == 8:
    return torch.narrow(codes, 1, 0, columns)
  shifts = torch.arange(0, 8, bits, dtype=0, device=codes.device)
  fields = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(codes, -1), shifts), mask)
  return torch.narrow(torch.reshape(fields, [codes.size(0), -1]), 1, 0, columns)

# Adds the sum of the inputs times a number a row: what codes around another zero make.
class ShiftedLinear(Module):
  shift : Tensor
  base : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.base.forward(x) + torch.sum(x, [1], True) * self.shift
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.shift = tensors[name + ".shift"]
    self.base.load(tensors, name + ".base")

class BiasedLinear(Module):
  bias : Tensor
  base : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.base.forward(x) + self.bias
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.bias = tensors[name + ".bias"]
    self.base.load(tensors, name + ".base")

# The input's columns in another order, as act-order leaves them.
class ReorderedLinear(Module):
  order : Tensor
  base : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.base.forward(torch.index_select(x, -1, self.order))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.order = tensors[name + ".order"]
    self.base.load(tensors, name + ".base")

# Linears of one input that run in different forms, their outputs side by side.
class JoinedLinear(Module):
  parts : List[__torch__.linear.Linear]
  def forward(self, x: Tensor) -> Tensor:
    return torch.cat([part.forward(x) for part in self.parts], -1)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    for i in range(len(self.parts)):
      self.parts[i].load(tensors, name + ".parts." + str(i))

# A low-rank or sparse term beside a linear of any form.
class AddedLinear(Module):
  base : __torch__.linear.Linear
  addend : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.base.forward(x) + self.addend.forward(x)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")
    self.addend.load(tensors, name + ".addend")

# A linear that is two, one behind the other.
class LowRankLinear(Module):
  down : __torch__.linear.Linear
  up : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.up.forward(self.down.forward(x))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.down.load(tensors, name + ".down")
    self.up.load(tensors, name + ".up")

# Of an input's columns some, from one on.
class NarrowedLinear(Module):
  first : int
  columns : int
  base : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.base.forward(torch.contiguous(torch.narrow(x, -1, self.first, self.columns)))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")

# The input times a factor.
class ScaledLinear(Module):
  scale : float
  base : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.base.forward(x * self.scale)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")

# Outputs go softly no further than the cap.
class CappedLinear(Module):
  cap : float
  base : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return torch.tanh(self.base.forward(x) / self.cap) * self.cap
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.base.load(tensors, name + ".base")

# A linear whose input is rounded, rotated or split before.
class TreatedLinear(Module):
  input : __torch__.input.Input
  base : __torch__.linear.Linear
  def forward(self, x: Tensor) -> Tensor:
    return self.base.forward(self.input.forward(x))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.input.load(tensors, name + ".input")
    self.base.load(tensors, name + ".base")
