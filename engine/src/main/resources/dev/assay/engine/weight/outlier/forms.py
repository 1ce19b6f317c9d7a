# Numbers of groups on a grid of their own: step * (code - zero), both those of the row's run.
def nested_numbers(self, codes: Tensor, steps: Tensor, zeros: Tensor, run: Tensor) -> Tensor:
  rows = torch.to(run, 4)
  step = torch.index_select(torch.to(steps, 6), 0, rows)
  zero = torch.index_select(torch.to(zeros, 6), 0, rows)
  return torch.mul(torch.sub(torch.to(codes, 6), zero), step)

# scale * (code - zero) of groups of columns in visiting order, with sparse values in place of some,
# columns in the original order again. order is empty where that is the same.
def bilevel_values(self, codes: Tensor, scales: Tensor, zeros: Tensor, group: int, order: Tensor, offsets: Tensor, columns: Tensor, values: Tensor) -> Tensor:
  width = codes.size(1)
  scale = torch.repeat_interleave(scales, group, 1)[:, :width]
  zero = torch.repeat_interleave(zeros, group, 1)[:, :width]
  w = torch.contiguous(torch.mul(torch.sub(torch.to(codes, 6), zero), scale))
  places = self.flat_places(offsets, columns, width)
  torch.scatter_(torch.view(w, [-1]), 0, places, torch.to(values, 6))
  if torch.numel(order) > 0:
    w = torch.contiguous(torch.index_select(w, 1, torch.argsort(torch.to(order, 4))))
  return w

# The row of each sparse value.
def sparse_row(self, offsets: Tensor) -> Tensor:
  counts = offsets[1:] - offsets[:-1]
  rows = torch.arange(torch.numel(counts), dtype=4, device=offsets.device)
  return torch.repeat_interleave(rows, torch.to(counts, 4))

def flat_places(self, offsets: Tensor, columns: Tensor, width: int) -> Tensor:
  return torch.add(torch.mul(self.sparse_row(offsets), width), torch.to(columns, 4))

# Offsets, columns and values of what a mask, [rows, columns], picks.
def sparse_of(self, w: Tensor, mask: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  ends = torch.cumsum(torch.sum(mask, [1], dtype=4), 0)
  offsets = torch.cat([torch.zeros([1], dtype=4, device=ends.device), ends])
  places = torch.nonzero(mask)
  return (torch.to(offsets, 3), torch.to(torch.contiguous(places[:, 1]), 3), torch.masked_select(w, mask))

# Some rows of sparse values, in the order of index.
def sparse_rows(self, offsets: Tensor, columns: Tensor, values: Tensor, index: List[int]) -> Tuple[Tensor, Tensor, Tensor]:
  rows = torch.tensor(index, dtype=4, device=offsets.device)
  wide = torch.to(offsets, 4)
  starts = torch.index_select(wide[:-1], 0, rows)
  counts = torch.index_select(wide[1:] - wide[:-1], 0, rows)
  ends = torch.cumsum(counts, 0)
  moved = torch.repeat_interleave(starts - (ends - counts), counts)
  taken = torch.add(moved, torch.arange(torch.numel(moved), dtype=4, device=offsets.device))
  made = torch.cat([torch.zeros([1], dtype=4, device=offsets.device), ends])
  return (torch.to(made, 3), torch.index_select(columns, 0, taken), torch.index_select(values, 0, taken))

# Sparse values of several weights, one after the other.
def sparse_joined(self, offsets: List[Tensor]) -> Tensor:
  counts = annotate(List[Tensor], [])
  for i in range(len(offsets)):
    counts.append(offsets[i][1:] - offsets[i][:-1])
  ends = torch.cumsum(torch.to(torch.cat(counts, 0), 4), 0)
  return torch.to(torch.cat([torch.zeros([1], dtype=4, device=ends.device), ends]), 3)

# Codes of 2 bits in blocks of columns. Of a salient column they are two signs, of another a sign and
# which of two groups it is in; levels, [out, blocks, 7]: mean and magnitude of the small, mean and
# magnitude of the large, mean and both magnitudes of the salient.
def sign_values(self, codes: Tensor, salient: Tensor, levels: Tensor, block: int) -> Tensor:
  width = codes.size(1)
  wide = torch.to(levels, 6)
  pieces = annotate(List[Tensor], [])
  for i in range(wide.size(1)):
    start = i * block
    end = min(start + block, width)
    tables = self.sign_tables(wide[:, i])
    index = torch.to(codes[:, start:end], 4)
    plain = torch.gather(tables[:, :4], 1, index)
    precise = torch.gather(tables[:, 4:], 1, index)
    pieces.append(torch.where(torch.ne(salient[start:end], 0), precise, plain))
  return torch.cat(pieces, 1)

# The values of the four codes of a column that is not salient, then of one that is, [out, 8].
def sign_tables(self, level: Tensor) -> Tensor:
  small = level[:, 0]
  large = level[:, 2]
  precise = level[:, 4]
  return torch.stack([small - level[:, 1], small + level[:, 1], large - level[:, 3], large + level[:, 3], precise - level[:, 5] - level[:, 6], precise + level[:, 5] - level[:, 6], precise - level[:, 5] + level[:, 6], precise + level[:, 5] + level[:, 6]], 1)

# Whether scales and zeros in float16 move values by no more than some steps, and values are finite.
def close_numbers(self, scales: Tensor, narrow_scales: Tensor, zeros: Tensor, narrow_zeros: Tensor, values: Tensor, steps: float) -> bool:
  scale = torch.abs(torch.sub(torch.div(narrow_scales, scales), 1.))
  zero = torch.abs(torch.sub(narrow_zeros, zeros))
  close = torch.logical_and(torch.le(scale, steps / 8.), torch.le(zero, steps))
  return bool(torch.all(close)) and bool(torch.all(torch.isfinite(values)))

