# [out, in] -> [out, groups, size], the last group of a row filled up with zeros; size 0: a row.
def grouped(self, w: Tensor, size: int) -> Tensor:
  if size == 0:
    return torch.reshape(w, [w.size(0), 1, w.size(1)])
  missing = (size - w.size(1) % size) % size
  return torch.reshape(torch.constant_pad_nd(w, [0, missing], 0.), [w.size(0), -1, size])

# LSQ's steps, [out, groups]: twice the mean magnitude over the root of the greatest code.
def steps(self, w: Tensor, size: int, bits: int) -> Tensor:
  sums = torch.sum(torch.abs(self.grouped(w, size)), [2])
  counts = torch.sum(self.grouped(torch.ones_like(w), size), [2])
  steps = 2. * sums / counts / (2. ** (bits - 1) - 1.) ** 0.5
  return torch.where(torch.gt(steps, 0.), steps, torch.ones_like(steps))

# The same, filled up with the last value of a row, which leaves its range as it is.
def within_range(self, w: Tensor, size: int) -> Tensor:
  if size == 0:
    return self.grouped(w, size)
  columns = w.size(1)
  missing = (size - columns % size) % size
  last = torch.expand(torch.slice(w, 1, columns - 1, columns, 1), [w.size(0), missing])
  return self.grouped(torch.cat([w, last], 1), size)

# EfficientQAT's scales and zeros, [out, groups] each, over the range of a group.
def range(self, w: Tensor, size: int, bits: int) -> List[Tensor]:
  groups = self.within_range(w, size)
  least = torch.amin(groups, [2])
  scale = torch.clamp((torch.amax(groups, [2]) - least) / (2. ** bits - 1.), 1e-4, 1e4)
  return [scale, torch.round(torch.neg(torch.clamp(least / scale, -1e4, 1e4)))]

# The nearest codes of another weight on the grid of one, uint8. groups: [in], the group of each column.
def again(self, w: Tensor, scales: Tensor, zeros: Tensor, groups: Tensor, top: int) -> Tensor:
  scale = torch.index_select(torch.to(scales, 6), 1, groups)
  zero = torch.index_select(zeros, 1, groups)
  return torch.to(torch.clamp(torch.round(w / scale + zero), 0, top), 0)
