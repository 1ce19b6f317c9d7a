# Two codes a byte, the first in the high bits; blocks are runs of the flattened weight.
def codes(self, packed: Tensor, count: int) -> Tensor:
  flat = torch.reshape(packed, [-1])
  pairs = torch.stack([torch.bitwise_right_shift(flat, 4), torch.bitwise_and(flat, 15)], 1)
  return torch.reshape(pairs, [-1])[:count]

def dequantize(self, packed: Tensor, codebook: Tensor, scales: Tensor, block: int, rows: int, columns: int) -> Tensor:
  codes = torch.to(self.codes(packed, rows * columns), 3)
  values = self.scaled(torch.index_select(codebook, 0, codes), scales, block)
  return torch.reshape(values, [rows, columns])

def nested_scales(self, codes: Tensor, codebook: Tensor, scales: Tensor, block: int, offset: float) -> Tensor:
  values = torch.index_select(codebook, 0, torch.to(torch.reshape(codes, [-1]), 3))
  return self.scaled(values, scales, block) + offset

def scaled(self, values: Tensor, scales: Tensor, block: int) -> Tensor:
  n = torch.numel(values)
  blocks = torch.numel(scales)
  padded = torch.reshape(torch.constant_pad_nd(values, [0, blocks * block - n], 0), [blocks, block])
  return torch.reshape(padded * torch.reshape(scales, [blocks, 1]), [-1])[:n]

# The nearest entries of a table, as two codes a byte with the first in the high bits, and the
# greatest magnitude of each block: those are what values are divided by. values, codes: the table
# in ascending order, and the code of each entry.
def encode(self, w: Tensor, values: Tensor, codes: Tensor, block: int) -> Tuple[Tensor, Tensor]:
  flat = torch.reshape(w, [-1])
  n = torch.numel(flat)
  blocks = (n + block - 1) // block
  padded = torch.reshape(torch.constant_pad_nd(flat, [0, blocks * block - n], 0), [blocks, block])
  absmax = torch.amax(torch.abs(padded), [1], True)
  inverse = torch.where(torch.gt(absmax, 0), torch.reciprocal(absmax), torch.zeros_like(absmax))
  nearest = self.nearest(padded * inverse, values)
  found = torch.reshape(torch.index_select(codes, 0, torch.reshape(nearest, [-1])), [-1])[:n]
  found = torch.constant_pad_nd(found, [0, n % 2], 0)
  pairs = torch.reshape(found, [-1, 2])
  packed = torch.bitwise_or(torch.bitwise_left_shift(pairs[:, 0], 4), pairs[:, 1])
  return (torch.to(packed, 0), torch.reshape(absmax, [-1]))

# Index of the nearest of values, which ascend; of two as near the lower one.
def nearest(self, x: Tensor, values: Tensor) -> Tensor:
  middles = (values[1:] + values[:-1]) / 2.0
  return torch.bucketize(torch.contiguous(x), torch.contiguous(middles))

# Scales on a table of their own: codes, the greatest magnitude of each block of them, and their mean.
def nest(self, scales: Tensor, values: Tensor, block: int) -> Tuple[Tensor, Tensor, Tensor]:
  mean = torch.mean(scales)
  n = torch.numel(scales)
  blocks = (n + block - 1) // block
  padded = torch.reshape(torch.constant_pad_nd(scales - mean, [0, blocks * block - n], 0), [blocks, block])
  absmax = torch.amax(torch.abs(padded), [1], True)
  inverse = torch.where(torch.gt(absmax, 0), torch.reciprocal(absmax), torch.zeros_like(absmax))
  codes = torch.reshape(self.nearest(padded * inverse, values), [-1])[:n]
  return (torch.to(codes, 0), torch.reshape(absmax, [-1]), mean)

# Some rows of the weight.
def rows(self, packed: Tensor, codebook: Tensor, scales: Tensor, block: int, columns: int, rows: List[int]) -> Tensor:
  first = torch.unsqueeze(torch.tensor(rows, dtype=4, device=packed.device), 1) * columns
  places = torch.reshape(first + torch.arange(0, columns, 1, dtype=4, device=packed.device), [-1])
  pairs = torch.index_select(torch.reshape(packed, [-1]), 0, torch.bitwise_right_shift(places, 1))
  even = torch.eq(torch.bitwise_and(places, 1), 0)
  codes = torch.where(even, torch.bitwise_right_shift(pairs, 4), torch.bitwise_and(pairs, 15))
  values = torch.index_select(codebook, 0, torch.to(codes, 3))
  return torch.reshape(values * torch.index_select(torch.reshape(scales, [-1]), 0, torch.floor_divide(places, block)), [-1, columns])
