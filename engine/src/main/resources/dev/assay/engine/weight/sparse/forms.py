# Weights of which only what is not 0 is stored. Masks are bool [out, in], true = stored; values are moved
# as whole numbers of their width (words, a type), so that no bit of them changes.

# Of floats of 8 bits too, which libtorch does not compare.
def nonzero(self, x: Tensor) -> Tensor:
  if x.dtype > 22:
    return torch.ne(torch.to(x, 6), 0)
  return torch.ne(x, 0)

def count_nonzero(self, x: Tensor) -> int:
  return int(torch.sum(self.nonzero(x)))

def greatest_of_runs(self, mask: Tensor, run: int) -> int:
  return int(torch.max(torch.sum(torch.reshape(mask, [-1, run]), [1])))

# A bit a weight, the first in the lowest, rows in whole bytes: uint8 [out, ceil(in / 8)].
def bits(self, mask: Tensor) -> Tensor:
  columns = mask.size(1)
  padded = torch.constant_pad_nd(torch.to(mask, 0), [0, (columns + 7) // 8 * 8 - columns])
  parts = torch.reshape(padded, [mask.size(0), -1, 8])
  powers = torch.tensor([1, 2, 4, 8, 16, 32, 64, 128], dtype=0, device=mask.device)
  return torch.to(torch.sum(torch.mul(parts, powers), [2]), 0)

def spread_bits(self, bits: Tensor) -> Tensor:
  shifts = torch.arange(8, dtype=0, device=bits.device)
  spread = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(bits, 2), shifts), 1)
  return torch.reshape(spread, [bits.size(0), -1])

def mask_of_bits(self, bits: Tensor, columns: int) -> Tensor:
  return torch.contiguous(torch.to(self.spread_bits(bits)[:, :columns], 11))

def set_bits(self, bits: Tensor) -> int:
  return int(torch.sum(self.spread_bits(bits)))

# How many there are before each row: int64 [out].
def before_rows(self, mask: Tensor) -> Tensor:
  counts = torch.sum(mask, [1], dtype=4)
  return torch.sub(torch.cumsum(counts, 0), counts)

# Row by row.
def kept(self, x: Tensor, mask: Tensor, words: int) -> Tensor:
  return torch.view_copy(torch.masked_select(torch.view_copy(torch.contiguous(x), dtype=words), mask), dtype=x.dtype)

def spread(self, values: Tensor, mask: Tensor, words: int) -> Tensor:
  zeros = torch.zeros(mask.size(), dtype=words, device=mask.device)
  whole = torch.masked_scatter(zeros, mask, torch.view_copy(torch.contiguous(torch.flatten(values)), dtype=words))
  return torch.view_copy(whole, dtype=values.dtype)

# Of each four weights which two are stored, as the position of the first, and of the second times 4. With
# fewer than two that are not 0 the second is the last one, or the first the third, as CUTLASS has it.
def positions(self, mask: Tensor) -> Tensor:
  fours = torch.reshape(torch.to(mask, 3), [mask.size(0), -1, 4])
  weights = torch.tensor([1, 2, 4, 8], dtype=3, device=mask.device)
  pattern = torch.to(torch.sum(torch.mul(fours, weights), [2]), 4)
  table = torch.tensor([14, 12, 13, 4, 14, 8, 9, 0, 14, 12, 13, 0, 14, 0, 0, 0], dtype=0, device=mask.device)
  return torch.reshape(torch.index_select(table, 0, torch.flatten(pattern)), pattern.size())

# Of each two weights the one that is stored, as positions of the halves that it is made of.
def positions_of_pairs(self, mask: Tensor) -> Tensor:
  first = torch.reshape(mask, [mask.size(0), -1, 2])[:, :, 0]
  both = torch.tensor([14, 4], dtype=0, device=mask.device)
  return torch.reshape(torch.index_select(both, 0, torch.to(torch.flatten(first), 4)), first.size())

# [out, fours, 2], the columns within each four.
def columns_of(self, positions: Tensor) -> Tensor:
  wide = torch.to(positions, 4)
  return torch.stack([torch.bitwise_and(wide, 3), torch.bitwise_right_shift(wide, 2)], 2)

def are_positions(self, positions: Tensor) -> bool:
  columns = self.columns_of(positions)
  return bool(torch.all(torch.lt(columns[:, :, 0], columns[:, :, 1]))) and bool(torch.all(torch.lt(positions, 16)))

# Two of each four: [out, in / 2].
def picked(self, x: Tensor, positions: Tensor, words: int) -> Tensor:
  fours = torch.reshape(torch.view_copy(torch.contiguous(x), dtype=words), [x.size(0), -1, 4])
  return torch.view_copy(torch.reshape(torch.gather(fours, 2, self.columns_of(positions)), [x.size(0), -1]), dtype=x.dtype)

def unpicked(self, values: Tensor, positions: Tensor, words: int) -> Tensor:
  pairs = torch.reshape(torch.view_copy(torch.contiguous(values), dtype=words), [positions.size(0), -1, 2])
  zeros = torch.zeros([positions.size(0), positions.size(1), 4], dtype=words, device=values.device)
  fours = torch.scatter(zeros, 2, self.columns_of(positions), pairs)
  return torch.view_copy(torch.reshape(fours, [positions.size(0), -1]), dtype=values.dtype)

# One of each two: which is known by its first half.
def picked_of_pairs(self, x: Tensor, positions: Tensor) -> Tensor:
  pairs = torch.reshape(torch.view_copy(torch.contiguous(x), dtype=3), [x.size(0), -1, 2])
  place = torch.unsqueeze(torch.to(torch.eq(positions, 14), 4), 2)
  return torch.view_copy(torch.reshape(torch.gather(pairs, 2, place), [x.size(0), -1]), dtype=x.dtype)

def unpicked_of_pairs(self, values: Tensor, positions: Tensor) -> Tensor:
  each = torch.unsqueeze(torch.view_copy(torch.contiguous(values), dtype=3), 2)
  zeros = torch.zeros([positions.size(0), positions.size(1), 2], dtype=3, device=values.device)
  place = torch.unsqueeze(torch.to(torch.eq(positions, 14), 4), 2)
  pairs = torch.scatter(zeros, 2, place, each)
  return torch.view_copy(torch.reshape(pairs, [positions.size(0), -1]), dtype=values.dtype)

# Nibbles in words of a type, some in each, the first in the lowest bits; rows in whole words.
def nibbles(self, x: Tensor, each: int, type: int) -> Tensor:
  columns = x.size(1)
  padded = torch.constant_pad_nd(torch.to(x, 4), [0, (columns + each - 1) // each * each - columns])
  parts = torch.reshape(padded, [x.size(0), -1, each])
  shifts = torch.mul(torch.arange(each, dtype=4, device=x.device), 4)
  return torch.to(torch.sum(torch.bitwise_left_shift(parts, shifts), [2]), type)

def spread_nibbles(self, words: Tensor, each: int, columns: int) -> Tensor:
  shifts = torch.mul(torch.arange(each, dtype=4, device=words.device), 4)
  spread = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(torch.to(words, 4), 2), shifts), 15)
  return torch.contiguous(torch.to(torch.reshape(spread, [words.size(0), -1])[:, :columns], 0))

# Elements in another order: the i-th goes to the index[i]-th place.
def placed(self, x: Tensor, index: Tensor) -> Tensor:
  return torch.reshape(torch.index_select(torch.flatten(x), 0, torch.argsort(index)), x.size())

def taken(self, x: Tensor, index: Tensor) -> Tensor:
  return torch.reshape(torch.index_select(torch.flatten(x), 0, index), x.size())

# Where the values of each row begin and the last one's end, int32 [out + 1], and the column of each, int32.
def rows_and_columns(self, mask: Tensor) -> Tuple[Tensor, Tensor]:
  ends = torch.cumsum(torch.sum(mask, [1], dtype=4), 0)
  offsets = torch.cat([torch.zeros([1], dtype=4, device=mask.device), ends])
  return (torch.to(offsets, 3), torch.to(torch.contiguous(torch.nonzero(mask)[:, 1]), 3))

def are_offsets(self, offsets: Tensor, count: int) -> bool:
  ascending = torch.all(torch.ge(offsets[1:], offsets[:-1]))
  return int(offsets[0]) == 0 and int(offsets[-1]) == count and bool(ascending)

# Of offsets that were found right; columns that are not ascending within a row give fewer than there are.
def mask_of_columns(self, offsets: Tensor, columns: Tensor, width: int) -> Tensor:
  out = torch.numel(offsets) - 1
  rows = torch.repeat_interleave(torch.arange(out, dtype=4, device=offsets.device), torch.to(offsets[1:] - offsets[:-1], 4))
  mask = torch.zeros([out * width], dtype=11, device=offsets.device)
  places = torch.add(torch.mul(rows, width), torch.to(columns, 4))
  return torch.reshape(torch.scatter(mask, 0, places, True), [out, width])

def are_columns(self, offsets: Tensor, columns: Tensor, width: int) -> bool:
  wide = torch.to(columns, 4)
  if torch.numel(wide) == 0:
    return True
  if bool(torch.any(torch.logical_or(torch.lt(wide, 0), torch.ge(wide, width)))):
    return False
  out = torch.numel(offsets) - 1
  rows = torch.repeat_interleave(torch.arange(out, dtype=4, device=offsets.device), torch.to(offsets[1:] - offsets[:-1], 4))
  places = torch.add(torch.mul(rows, width), wide)
  return bool(torch.all(torch.gt(places[1:], places[:-1])))

# The two of each four of the greatest magnitude, as compressed-tensors picks them: where some are equal,
# those that libtorch's topk happens to give. Floats of 8 bits are compared by their bits.
def greatest_two(self, x: Tensor) -> Tensor:
  plain = x
  if x.dtype > 22:
    plain = torch.view_copy(torch.contiguous(x), dtype=1)
  fours = torch.abs(torch.reshape(torch.contiguous(plain), [-1, 4]))
  _, index = torch.topk(fours, 2, -1, True, False)
  mask = torch.scatter(torch.zeros(fours.size(), dtype=11, device=x.device), 1, index, True)
  return torch.reshape(mask, x.size())

# Where the values of each row begin, and the last one's end: int64 [out + 1].
def row_starts(self, mask: Tensor) -> Tensor:
  ends = torch.cumsum(torch.sum(mask, [1], dtype=4), 0)
  return torch.cat([torch.zeros([1], dtype=4, device=mask.device), ends])

def with_more(self, values: Tensor, more: int) -> Tensor:
  return torch.cat([values, torch.zeros([more], dtype=values.dtype, device=values.device)])
