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

# Codes and scales of blocks of 32, a row of blocks a row: uint8 [rows, columns], float16 [rows, groups].
def q4_0(self, data: Tensor) -> List[Tensor]:
  blocks = torch.reshape(data, [-1, 18])
  return self.by_row(data, self.nibbles(blocks[:, 2:18]), blocks)

def q5_0(self, data: Tensor) -> List[Tensor]:
  blocks = torch.reshape(data, [-1, 22])
  places = torch.arange(8, dtype=0, device=data.device)
  bits = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(blocks[:, 2:6], -1), places), 1)
  fifth = torch.bitwise_left_shift(torch.reshape(bits, [-1, 32]), 4)
  return self.by_row(data, torch.bitwise_or(self.nibbles(blocks[:, 6:22]), fifth), blocks)

def q8_0(self, data: Tensor) -> List[Tensor]:
  blocks = torch.reshape(data, [-1, 34])
  # Signed bytes, raised by 128.
  return self.by_row(data, torch.bitwise_xor(blocks[:, 2:34], 128), blocks)

def by_row(self, data: Tensor, codes: Tensor, blocks: Tensor) -> List[Tensor]:
  scales = torch.view_copy(torch.contiguous(blocks[:, 0:2]), dtype=5)
  rows = data.size(0)
  return [torch.contiguous(torch.reshape(codes, [rows, -1])), torch.reshape(scales, [rows, -1])]

def nibbles(self, pairs: Tensor) -> Tensor:
  return torch.cat([torch.bitwise_and(pairs, 15), torch.bitwise_right_shift(pairs, 4)], 1)
