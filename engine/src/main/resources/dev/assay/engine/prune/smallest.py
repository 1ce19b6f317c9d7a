# Which scores are small enough for their weights to go. Masks are bool, true = pruned.

# All that are no greater than the count-th smallest, counted from 0: count + 1 of distinct scores.
def up_to_threshold(self, score: Tensor, count: int) -> Tensor:
  threshold, _ = torch.kthvalue(torch.flatten(score), count + 1)
  return torch.le(score, threshold)

# The count smallest of each row, the first of equals.
def smallest_of_row(self, score: Tensor, count: int) -> Tensor:
  mask = torch.zeros_like(score, dtype=11)
  if count > 0:
    _, index = torch.sort(score, stable=True, dim=1, descending=False)
    mask = torch.scatter(mask, 1, index[:, :count], True)
  return mask

# The same of the whole matrix.
def smallest_of_all(self, score: Tensor, count: int) -> Tensor:
  if count == 0:
    mask = torch.zeros_like(score, dtype=11)
  else:
    flat = torch.flatten(score)
    border, _ = torch.kthvalue(flat, count)
    below = torch.lt(flat, border)
    at = torch.eq(flat, border)
    first = torch.le(torch.cumsum(at, 0), count - int(torch.sum(below)))
    mask = torch.reshape(torch.logical_or(below, torch.logical_and(at, first)), torch.size(score))
  return mask

# 1 but for the goes smallest.
def greatest(self, score: Tensor, goes: int) -> Tensor:
  return torch.to(torch.logical_not(self.smallest_of_all(score, goes)), 6)

# The pruned smallest of every run of columns of a row. A shorter last run keeps as many as the
# others.
def smallest_of_run(self, score: Tensor, pruned: int, run: int) -> Tensor:
  rows = torch.size(score, 0)
  columns = torch.size(score, 1)
  whole = columns // run * run
  runs = torch.reshape(score[:, :whole], [rows * (whole // run), run])
  mask = torch.reshape(self.smallest_of_row(runs, pruned), [rows, whole])
  if whole < columns:
    rest = self.smallest_of_row(score[:, whole:], pruned - (run - (columns - whole)))
    mask = torch.cat([mask, rest], 1)
  return mask

def wanda_score(self, weight: Tensor, input_square: Tensor) -> Tensor:
  return torch.mul(torch.abs(weight), torch.sqrt(torch.unsqueeze(input_square, 0)))

# A sum of 0 is of zeros alone, which are no share of it.
def share_along(self, size: Tensor, dim: int) -> Tensor:
  sums = torch.sum(size, [dim], True)
  return torch.div(size, torch.masked_fill(sums, torch.eq(sums, 0.), 1.))

def ria_score(self, weight: Tensor, input_square: Tensor, power: float) -> Tensor:
  size = torch.abs(weight)
  shares = torch.add(self.share_along(size, 0), self.share_along(size, 1))
  return torch.mul(shares, torch.unsqueeze(torch.pow(input_square, power), 0))

def magnitude_score(self, weight: Tensor) -> Tensor:
  return torch.abs(weight)

def zero_where(self, weight: Tensor, mask: Tensor) -> Tensor:
  return torch.masked_fill(weight, mask, 0.)

def total(self, score: Tensor) -> float:
  return float(torch.sum(score, dtype=7))

def count_above(self, score: Tensor, border: float) -> int:
  return int(torch.sum(torch.gt(score, border)))

# The bits of magnitudes, which are in their order: int32.
def magnitude_bits(self, weight: Tensor) -> Tensor:
  return torch.view_copy(torch.contiguous(torch.flatten(torch.abs(weight))), dtype=3)

# How many magnitudes have which higher half of their bits.
def high_bins(self, weight: Tensor, bins: int) -> Tensor:
  return torch.bincount(torch.bitwise_right_shift(self.magnitude_bits(weight), 16), None, bins)

# Of those with a higher half, how many have which lower half.
def low_bins(self, weight: Tensor, high: int, bins: int) -> Tensor:
  bits = self.magnitude_bits(weight)
  here = torch.masked_select(bits, torch.eq(torch.bitwise_right_shift(bits, 16), high))
  return torch.bincount(torch.bitwise_and(here, 65535), None, bins)

def count_at(self, weight: Tensor, bits: int) -> int:
  return int(torch.sum(torch.eq(self.magnitude_bits(weight), bits)))

# All below a magnitude of such bits, and the first ties that are of it.
def up_to_bits(self, weight: Tensor, bits: int, ties: int) -> Tensor:
  own = self.magnitude_bits(weight)
  at = torch.eq(own, bits)
  first = torch.logical_and(at, torch.le(torch.cumsum(at, 0), ties))
  return torch.reshape(torch.logical_or(torch.lt(own, bits), first), torch.size(weight))
