# SpQR's walk over the columns (spqr_engine.py and quant_groups.py of Vahe1994/SpQR). Weights are held
# transposed, [in, out], in visiting order, so that a column is contiguous.

# Scale and zero of the grid between two bounds, which do not have to have 0 between them.
def grid_between(self, low: Tensor, high: Tensor, max_code: int, round_zero: bool) -> Tuple[Tensor, Tensor]:
  flat = torch.eq(low, high)
  lo = torch.where(flat, torch.clamp_max(low, 0.), low)
  hi = torch.where(flat, torch.clamp_min(high, 0.), high)
  nothing = torch.eq(lo, hi)
  lo = torch.masked_fill(lo, nothing, -1.)
  hi = torch.masked_fill(hi, nothing, 1.)
  scale = torch.div(torch.sub(hi, lo), max_code)
  zero = torch.div(torch.neg(lo), scale)
  if round_zero:
    zero = torch.round(zero)
  return (scale, zero)

def real_codes(self, w: Tensor, scale: Tensor, zero: Tensor, max_code: int) -> Tensor:
  return torch.clamp_(torch.round_(torch.add_(torch.div(w, scale), zero)), 0, max_code)

# The second level: numbers, [rows], in runs of rows on a grid of their own. Returns their values,
# codes [rows], steps and zeros [runs].
def nested(self, numbers: Tensor, run: int, max_code: int) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
  rows = torch.numel(numbers)
  missing = (run - rows % run) % run
  padded = torch.reshape(torch.cat([numbers, torch.expand(numbers[rows - 1:], [missing])]), [-1, run])
  step, zero = self.grid_between(torch.amin(padded, [1]), torch.amax(padded, [1]), max_code, False)
  codes = self.real_codes(padded, torch.unsqueeze(step, 1), torch.unsqueeze(zero, 1), max_code)
  values = torch.mul(torch.sub(codes, torch.unsqueeze(zero, 1)), torch.unsqueeze(step, 1))
  return (torch.reshape(values, [-1])[:rows], torch.reshape(codes, [-1])[:rows], step, zero)

# (value - w) / U of a group, [rows, group], squared; its grid one between two bounds a row.
def squared_errors(self, w: Tensor, low: Tensor, high: Tensor, diagonal: Tensor, max_code: int) -> Tensor:
  scale, zero = self.grid_between(low, high, max_code, False)
  scale = torch.unsqueeze(scale, 1)
  zero = torch.unsqueeze(zero, 1)
  codes = self.real_codes(w, scale, zero, max_code)
  values = torch.mul(torch.sub(codes, zero), scale)
  return torch.square(torch.div(torch.sub(values, w), diagonal))

# By how much the error of a group falls if a weight is left out of it, [rows, group]. Leaving one out
# changes the grid only where it is the least or the greatest of its row.
def usefulness(self, w: Tensor, diagonal: Tensor, max_code: int) -> Tensor:
  least, lowest = torch.topk(w, 2, 1, False, True)
  most, highest = torch.topk(w, 2, 1, True, True)
  errors = self.squared_errors(w, least[:, 0], most[:, 0], diagonal, max_code)
  total = torch.sum(errors, [1], True)
  without = self.squared_errors(w, least[:, 1], most[:, 0], diagonal, max_code)
  without = torch.scatter(without, 1, lowest[:, :1], 0.)
  useful = torch.scatter(errors, 1, lowest[:, :1], total - torch.sum(without, [1], True))
  without = self.squared_errors(w, least[:, 0], most[:, 1], diagonal, max_code)
  without = torch.scatter(without, 1, highest[:, :1], 0.)
  return torch.scatter(useful, 1, highest[:, :1], total - torch.sum(without, [1], True))

# The group with what a grid is better without replaced by the mean of the others.
def without_outliers(self, w: Tensor, diagonal: Tensor, max_code: int, threshold: float) -> Tensor:
  if w.size(1) < 2:
    return w
  others = torch.to(torch.le(self.usefulness(w, diagonal, max_code), threshold), 6)
  count = torch.clamp_min(torch.sum(others, [1], True), 1.)
  mean = torch.div(torch.sum(torch.mul(w, others), [1], True), count)
  return torch.add(torch.mul(w, others), torch.mul(mean, torch.rsub(others, 1)))

# relative * the mean over columns of the variance of a column's weights over the square of U's diagonal.
def outlier_threshold(self, w: Tensor, upper: Tensor, relative: float) -> float:
  spread = torch.var(w, [1], True, False)
  return relative * float(torch.mean(torch.div(spread, torch.square(torch.diagonal(upper)))))

# kept: bool [in, out], weights that stay 0, or empty. A scale_max or zero_max of 0 leaves scales or
# zeros as they are. Returns codes, values and outliers, [in, out]; for each group scales and zeros,
# [groups, out], and where they are nested codes, steps and zeros of theirs; the sum of squared errors.
def spqr_columns(self, weight: Tensor, upper: Tensor, kept: Tensor, threshold: float, group: int, block: int, max_code: int, scale_max: int, zero_max: int, run: int, simplified: bool, round_zero: bool) -> List[Tensor]:
  columns = torch.size(weight, 0)
  finite = threshold != float("inf")
  w = torch.clone(weight)
  diagonal = torch.diagonal(upper)
  codes = torch.empty_like(w, dtype=0)
  outliers = torch.zeros_like(w, dtype=11)
  numbers = annotate(List[List[Tensor]], [])
  for i in range(8):
    numbers.append(annotate(List[Tensor], []))
  loss = torch.zeros([], dtype=7, device=w.device)
  scale = w[0]
  zero = w[0]
  for start in range(0, columns, block):
    end = min(start + block, columns)
    errors = torch.empty_like(w[start:end])
    for i in range(end - start):
      column = start + i
      if column % group == 0:
        fitted = torch.contiguous(torch.t(w[column:column + group]))
        if torch.numel(kept) > 0:
          fitted = torch.masked_fill(fitted, torch.t(kept[column:column + group]), 0.)
        if finite and not simplified:
          fitted = self.without_outliers(fitted, diagonal[column:column + group], max_code, threshold)
        scale, zero = self.grid_between(torch.amin(fitted, [1]), torch.amax(fitted, [1]), max_code, round_zero)
        if scale_max > 0:
          scale, a, b, c = self.nested(scale, run, scale_max)
          numbers[2].append(a)
          numbers[3].append(b)
          numbers[4].append(c)
        if zero_max > 0:
          zero, a, b, c = self.nested(zero, run, zero_max)
          numbers[5].append(a)
          numbers[6].append(b)
          numbers[7].append(c)
        numbers[0].append(scale)
        numbers[1].append(zero)
      wi = torch.clone(w[column])
      aim = wi
      if torch.numel(kept) > 0:
        aim = torch.masked_fill(wi, kept[column], 0.)
      code = self.real_codes(aim, scale, zero, max_code)
      value = torch.mul(torch.sub(code, zero), scale)
      error = torch.div(torch.sub(wi, value), upper[column, column])
      if finite:
        outlier = torch.gt(torch.square(error), threshold)
        if torch.numel(kept) > 0:
          outlier = torch.logical_and(outlier, torch.logical_not(kept[column]))
        code = torch.where(outlier, self.real_codes(torch.zeros_like(wi), scale, zero, max_code), code)
        value = torch.where(outlier, wi, value)
        error = torch.masked_fill(error, outlier, 0.)
        torch.copy_(outliers[column], outlier)
      torch.copy_(codes[column], code)
      torch.copy_(w[column], value)
      torch.copy_(errors[i], error)
      torch.sub_(w[column + 1:end], torch.outer(upper[column, column + 1:end], error))
    loss = torch.add(loss, torch.sum(torch.square(errors), dtype=7))
    torch.sub_(w[end:], torch.matmul(torch.t(upper[start:end, end:]), errors))
  result = [codes, w, outliers, loss]
  for each in numbers:
    if len(each) > 0:
      result.append(torch.stack(each, 0))
    else:
      result.append(torch.empty([0], device=w.device))
  return result

def nothing_kept(self, weight: Tensor) -> Tensor:
  return torch.empty([0, 0], dtype=11, device=weight.device)

def transposed_bytes(self, x: Tensor) -> Tensor:
  return torch.contiguous(torch.to(torch.t(x), 0))
