def overwrite(self, flat: Tensor, start: int, values: Tensor) -> int:
  part = flat[start:start + torch.numel(values)]
  torch.copy_(part, values)
  return 0

def halves(self, x: Tensor, heads: int) -> Tensor:
  pairs = torch.reshape(x, [heads, torch.floordiv(x.size(0), 2 * heads), 2, -1])
  return torch.reshape(torch.contiguous(torch.transpose(pairs, 1, 2)), x.size())

def interleaved(self, x: Tensor, heads: int) -> Tensor:
  pairs = torch.reshape(x, [heads, 2, torch.floordiv(x.size(0), 2 * heads), -1])
  return torch.reshape(torch.contiguous(torch.transpose(pairs, 1, 2)), x.size())

# Rows of all queries, all keys and all values -> those of each group one after the other.
def grouped(self, x: Tensor, groups: int, served: int) -> Tensor:
  rows = torch.floordiv(x.size(0), groups * (served + 2))
  queries = groups * served * rows
  keys = groups * rows
  q = torch.reshape(x[:queries], [groups, served * rows, -1])
  k = torch.reshape(x[queries:queries + keys], [groups, rows, -1])
  v = torch.reshape(x[queries + keys:], [groups, rows, -1])
  return torch.reshape(torch.cat([q, k, v], 1), x.size())

def ungrouped(self, x: Tensor, groups: int, served: int) -> Tensor:
  rows = torch.floordiv(x.size(0), groups * (served + 2))
  parts = torch.reshape(x, [groups, (served + 2) * rows, -1])
  width = parts.size(2)
  q = torch.reshape(parts[:, :served * rows], [-1, width])
  k = torch.reshape(parts[:, served * rows:(served + 1) * rows], [-1, width])
  v = torch.reshape(parts[:, (served + 1) * rows:], [-1, width])
  return torch.reshape(torch.cat([q, k, v], 0), x.size())

def transposed(self, x: Tensor) -> Tensor:
  return torch.contiguous(torch.transpose(x, 0, 1))

def shifted(self, x: Tensor, by: float) -> Tensor:
  return torch.add(x, by)

def greatest_magnitude(self, x: Tensor) -> float:
  return float(torch.max(torch.abs(x)))

def filled(self, like: Tensor, value: float) -> Tensor:
  return torch.full_like(like, value, dtype=6)

def q4_0(self, data: Tensor, rows: int, columns: int) -> List[Tensor]:
  blocks = torch.view(data, [-1, 18])
  scales = torch.view_copy(torch.contiguous(blocks[:, 0:2]), dtype=5)
  pairs = blocks[:, 2:18]
  low = torch.bitwise_and(pairs, 15)
  high = torch.bitwise_right_shift(pairs, 4)
  codes = torch.reshape(torch.cat([low, high], 1), [rows, columns])
  return [codes, torch.reshape(scales, [rows, -1])]
