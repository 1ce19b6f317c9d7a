# Uniform grids as in quant.py of IST-DASLab/gptq. Every step is a float32 operation in the order of
# that code: codes on exact half-way values depend on it.

# Scale and zero of each row of w, [rows, columns] -> [rows], [rows].
def grid_fit(self, w: Tensor, max_code: int, symmetric: bool, mse: bool, whole: bool) -> Tuple[Tensor, Tensor]:
  lo = torch.clamp_max(torch.amin(w, [1]), 0.)
  hi = torch.clamp_min(torch.amax(w, [1]), 0.)
  if symmetric:
    hi = torch.maximum(torch.abs(lo), hi)
    lo = torch.where(torch.lt(lo, 0.), torch.neg(hi), lo)
  steps = max_code
  if symmetric and whole:
    # QuaRot's: of both signs always, codes from one below.
    hi = torch.clamp_min(hi, 1e-5)
    lo = torch.neg(hi)
    steps = max_code - 1
  flat = torch.eq(torch.div(torch.sub(hi, lo), steps), 0.)
  lo = torch.masked_fill(lo, flat, -1.)
  hi = torch.masked_fill(hi, flat, 1.)
  scale = torch.div(torch.sub(hi, lo), steps)
  zero = torch.round(torch.div(torch.neg(lo), scale))
  if symmetric:
    zero = torch.full_like(scale, (max_code + 1) // 2)
  if mse:
    scale, zero = self.grid_search(w, lo, hi, zero, max_code, symmetric, steps)
  return (scale, zero)

# How many rows of w, [rows, columns], have one sign, so that one side of a symmetric grid is unused.
def one_sided(self, w: Tensor) -> Tensor:
  lo = torch.amin(w, [1])
  hi = torch.amax(w, [1])
  return torch.sum(torch.ne(torch.ge(lo, 0.), torch.le(hi, 0.)))

# The same over the groups of consecutive columns of every row.
def one_sided_groups(self, w: Tensor, group: int) -> int:
  columns = torch.size(w, 1)
  whole = columns // group * group
  count = 0
  if whole > 0:
    count += int(self.one_sided(torch.reshape(w[:, :whole], [-1, group])))
  if whole < columns:
    count += int(self.one_sided(w[:, whole:]))
  return count

# The shrunk range with the least sum of |error|^2.4, the first of equals.
def grid_search(self, w: Tensor, lo: Tensor, hi: Tensor, middle: Tensor, max_code: int, symmetric: bool, steps: int) -> Tuple[Tensor, Tensor]:
  scale = torch.div(torch.sub(hi, lo), steps)
  zero = middle
  least = torch.full_like(scale, float("inf"))
  for i in range(80):
    share = 1. - i / 100.
    lo1 = torch.mul(lo, share)
    hi1 = torch.mul(hi, share)
    scale1 = torch.div(torch.sub(hi1, lo1), steps)
    zero1 = middle
    if not symmetric:
      zero1 = torch.round(torch.div(torch.neg(lo1), scale1))
    column = torch.unsqueeze(scale1, 1)
    codes = self.grid_codes(w, column, torch.unsqueeze(zero1, 1), max_code)
    error = torch.sub(torch.mul(torch.sub(codes, torch.unsqueeze(zero1, 1)), column), w)
    total = torch.sum(torch.pow_(torch.abs_(error), 2.4), [1])
    better = torch.lt(total, least)
    least = torch.where(better, total, least)
    scale = torch.where(better, scale1, scale)
    zero = torch.where(better, zero1, zero)
  return (scale, zero)

# Codes, still as floats; scale and zero broadcast against w.
def grid_codes(self, w: Tensor, scale: Tensor, zero: Tensor, max_code: int) -> Tensor:
  return torch.clamp_(torch.add_(torch.round_(torch.div(w, scale)), zero), 0, max_code)

# Scales and zeros [rows, groups] of groups of consecutive columns; the last group may be shorter.
def grid_fit_groups(self, w: Tensor, group: int, max_code: int, symmetric: bool, mse: bool, whole_steps: bool) -> Tuple[Tensor, Tensor]:
  rows = torch.size(w, 0)
  columns = torch.size(w, 1)
  whole = columns // group * group
  scales = annotate(List[Tensor], [])
  zeros = annotate(List[Tensor], [])
  if whole > 0:
    scale, zero = self.grid_fit(torch.reshape(w[:, :whole], [-1, group]), max_code, symmetric, mse, whole_steps)
    scales.append(torch.reshape(scale, [rows, -1]))
    zeros.append(torch.reshape(zero, [rows, -1]))
  if whole < columns:
    scale, zero = self.grid_fit(w[:, whole:], max_code, symmetric, mse, whole_steps)
    scales.append(torch.unsqueeze(scale, 1))
    zeros.append(torch.unsqueeze(zero, 1))
  return (torch.cat(scales, 1), torch.cat(zeros, 1))

# Codes, uint8, of every weight on the grid of its column's group.
def grid_round(self, w: Tensor, scales: Tensor, zeros: Tensor, group_index: Tensor, max_code: int) -> Tensor:
  index = torch.to(group_index, 4)
  scale = torch.index_select(scales, 1, index)
  zero = torch.index_select(zeros, 1, index)
  return torch.to(self.grid_codes(w, scale, zero, max_code), 0)
