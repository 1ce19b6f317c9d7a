# AWQ's grid (quantizer.py of mit-han-lab/llm-awq): plain minimum and maximum, 0 not forced in.

# Scale and zero over the last axis, which is kept with size 1.
def awq_fit(self, w: Tensor, max_code: int) -> Tuple[Tensor, Tensor]:
  lo = torch.amin(w, [-1], True)
  hi = torch.amax(w, [-1], True)
  scale = torch.div(torch.clamp_min(torch.sub(hi, lo), 1e-5), max_code)
  zero = torch.clamp(torch.neg(torch.round(torch.div(lo, scale))), 0, max_code)
  return (scale, zero)

def awq_codes(self, w: Tensor, scale: Tensor, zero: Tensor, max_code: int) -> Tensor:
  return torch.clamp_(torch.add_(torch.round_(torch.div(w, scale)), zero), 0, max_code)

# The values on the grid of the last axis.
def awq_values(self, w: Tensor, max_code: int) -> Tensor:
  scale, zero = self.awq_fit(w, max_code)
  return torch.mul_(torch.sub_(self.awq_codes(w, scale, zero, max_code), zero), scale)

# Codes, uint8 [rows, columns], scales and zeros [rows, groups]; the last group may be shorter.
def awq_quantize(self, w: Tensor, group: int, max_code: int) -> Tuple[Tensor, Tensor, Tensor]:
  rows = torch.size(w, 0)
  columns = torch.size(w, 1)
  whole = columns // group * group
  codes = annotate(List[Tensor], [])
  scales = annotate(List[Tensor], [])
  zeros = annotate(List[Tensor], [])
  if whole > 0:
    grouped = torch.reshape(w[:, :whole], [rows, whole // group, group])
    scale, zero = self.awq_fit(grouped, max_code)
    codes.append(torch.reshape(self.awq_codes(grouped, scale, zero, max_code), [rows, whole]))
    scales.append(torch.squeeze(scale, 2))
    zeros.append(torch.squeeze(zero, 2))
  if whole < columns:
    rest = w[:, whole:]
    scale, zero = self.awq_fit(rest, max_code)
    codes.append(self.awq_codes(rest, scale, zero, max_code))
    scales.append(scale)
    zeros.append(zero)
  return (torch.to(torch.cat(codes, 1), 0), torch.cat(scales, 1), torch.cat(zeros, 1))

# How many groups of every row lie on one side of 0, between which and the nearest weight codes are
# left unused.
def awq_one_sided(self, w: Tensor, group: int) -> int:
  count = 0
  for start in range(0, torch.size(w, 1), group):
    part = w[:, start:start + group]
    beside = torch.logical_or(torch.gt(torch.amin(part, [1]), 0.), torch.lt(torch.amax(part, [1]), 0.))
    count += int(torch.sum(beside))
  return count

# The values, [rows, columns], on the grid of each group.
def awq_round_trip(self, w: Tensor, group: int, max_code: int) -> Tensor:
  rows = torch.size(w, 0)
  columns = torch.size(w, 1)
  whole = columns // group * group
  grouped = torch.reshape(w[:, :whole], [rows, whole // group, group])
  values = torch.reshape(self.awq_values(grouped, max_code), [rows, whole])
  if whole < columns:
    values = torch.cat([values, self.awq_values(w[:, whole:], max_code)], 1)
  return values
