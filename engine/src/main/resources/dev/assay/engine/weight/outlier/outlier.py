# Numbers of groups, [out, groups].
class Numbers(ModuleInterface):
  def values(self) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class PlainNumbers(Module):
  numbers : Tensor
  def values(self) -> Tensor:
    return torch.to(self.numbers, 6)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.numbers = tensors[name + ".numbers"]

# Codes in fields of bits, the first in the lowest: step * (code - zero), both those of the row's run.
class NestedNumbers(Module):
  codes : Tensor
  steps : Tensor
  zeros : Tensor
  run : Tensor
  bits : int
  mask : int
  def values(self) -> Tensor:
    codes = torch.to(__torch__.linear.fields(self.codes, self.bits, self.mask, self.steps.size(1)), 6)
    rows = torch.to(self.run, 4)
    zero = torch.index_select(torch.to(self.zeros, 6), 0, rows)
    return (codes - zero) * torch.index_select(torch.to(self.steps, 6), 0, rows)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.steps = tensors[name + ".steps"]
    self.zeros = tensors[name + ".zeros"]
    self.run = tensors[name + ".run"]

# Codes on grids of groups of columns, and sparse values in place of some, dequantised at each call.
# places: where the sparse values go in the flattened weight.
class BilevelLinear(Module):
  codes : Tensor
  scales : __torch__.outlier.Numbers
  zeros : __torch__.outlier.Numbers
  places : Tensor
  values : Tensor
  bits : int
  mask : int
  columns : int
  size : int
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x, torch.to(self.dequantize(), x.dtype))
  def dequantize(self) -> Tensor:
    codes = torch.to(__torch__.linear.fields(self.codes, self.bits, self.mask, self.columns), 6)
    scale = torch.narrow(torch.repeat_interleave(self.scales.values(), self.size, 1), 1, 0, self.columns)
    zero = torch.narrow(torch.repeat_interleave(self.zeros.values(), self.size, 1), 1, 0, self.columns)
    w = torch.reshape((codes - zero) * scale, [-1])
    torch.scatter_(w, 0, torch.to(self.places, 4), torch.to(self.values, 6))
    return torch.reshape(w, [-1, self.columns])
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.places = tensors[name + ".places"]
    self.values = tensors[name + ".values"]
    self.scales.load(tensors, name + ".scales")
    self.zeros.load(tensors, name + ".zeros")

# Codes of 2 bits in blocks of size columns, dequantised at each call. Of a salient column they are two
# signs, of another a sign and which of two groups it is in; levels, [out, blocks, 7]: mean and magnitude
# of the small, mean and magnitude of the large, mean and both magnitudes of the salient.
class SignsLinear(Module):
  codes : Tensor
  levels : Tensor
  salient : Tensor
  size : int
  columns : int
  def forward(self, x: Tensor) -> Tensor:
    return torch.linear(x, torch.to(self.dequantize(), x.dtype))
  def dequantize(self) -> Tensor:
    codes = __torch__.linear.fields(self.codes, 2, 3, self.columns)
    pieces = annotate(List[Tensor], [])
    for i in range(self.levels.size(1)):
      length = min(self.size, self.columns - i * self.size)
      tables = __torch__.outlier.sign_tables(torch.to(self.levels[:, i], 6))
      precise = torch.ne(torch.narrow(self.salient, 0, i * self.size, length), 0)
      index = torch.to(torch.narrow(codes, 1, i * self.size, length), 4) + torch.to(precise, 4) * 4
      pieces = torch.append(pieces, torch.gather(tables, 1, index))
    return torch.cat(pieces, 1)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.codes = tensors[name + ".codes"]
    self.levels = tensors[name + ".levels"]
    self.salient = tensors[name + ".salient"]

# The values of the four codes of a column that is not salient, then of one that is, [out, 8].
def sign_tables(level: Tensor) -> Tensor:
  small = level[:, 0]
  large = level[:, 2]
  precise = level[:, 4]
  first = level[:, 5]
  second = level[:, 6]
  plain = [small - level[:, 1], small + level[:, 1], large - level[:, 3], large + level[:, 3]]
  return torch.stack(plain + [precise - first - second, precise + first - second, precise - first + second, precise + first + second], 1)
