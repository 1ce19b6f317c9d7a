# GPTQ's walk over the columns (gptq.py of IST-DASLab/gptq). Weights are held transposed, [in, out],
# so that a column is contiguous. fixed_scales and fixed_zeros, [groups, out], are the grids fitted
# beforehand; without any (0 groups) grids are fitted on the way, every `group` columns. kept, bool
# [in, out] or empty, says which weights stay 0, whatever updates have made of them.
# Returns codes [in, out] and values [in, out] in visiting order, scales and zeros [groups, out], half
# the sum of squared errors, and how many of the groups fitted on the way have one sign.
def gptq_columns(self, weight: Tensor, upper: Tensor, fixed_scales: Tensor, fixed_zeros: Tensor, group_of: List[int], kept: Tensor, group: int, block: int, max_code: int, symmetric: bool, mse: bool, whole_steps: bool) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
  columns = torch.size(weight, 0)
  fixed = torch.size(fixed_scales, 0) > 0
  w = torch.clone(weight)
  codes = torch.empty_like(w, dtype=0)
  values = torch.empty_like(w)
  scales = annotate(List[Tensor], [])
  zeros = annotate(List[Tensor], [])
  loss = torch.zeros([], dtype=7, device=w.device)
  sided = torch.zeros([], dtype=4, device=w.device)
  scale = w[0]
  zero = w[0]
  for start in range(0, columns, block):
    end = min(start + block, columns)
    w1 = torch.clone(w[start:end])
    errors = torch.empty_like(w1)
    upper1 = upper[start:end, start:end]
    for i in range(end - start):
      column = start + i
      if fixed:
        scale = fixed_scales[group_of[column]]
        zero = fixed_zeros[group_of[column]]
      elif column % group == 0:
        # Fitted on w, not on w1: the published code does not show a fit the updates of its block.
        fitted = torch.t(w[column:column + group])
        if torch.numel(kept) > 0:
          fitted = torch.masked_fill(fitted, torch.t(kept[column:column + group]), 0.)
        scale, zero = self.grid_fit(fitted, max_code, symmetric, mse, whole_steps)
        sided = torch.add(sided, self.one_sided(fitted))
        scales.append(scale)
        zeros.append(zero)
      wi = w1[i]
      aim = wi
      if torch.numel(kept) > 0:
        aim = torch.masked_fill(wi, kept[column], 0.)
      code = self.grid_codes(aim, scale, zero, max_code)
      value = torch.mul(torch.sub(code, zero), scale)
      error = torch.div(torch.sub(wi, value), upper1[i, i])
      torch.sub_(w1[i + 1:], torch.outer(upper1[i, i + 1:], error))
      torch.copy_(codes[column], code)
      torch.copy_(values[column], value)
      torch.copy_(errors[i], error)
    loss = torch.add(loss, torch.sum(torch.square(errors), dtype=7))
    torch.sub_(w[end:], torch.matmul(torch.t(upper[start:end, end:]), errors))
  all_scales = fixed_scales
  all_zeros = fixed_zeros
  if not fixed:
    all_scales = torch.stack(scales, 0)
    all_zeros = torch.stack(zeros, 0)
  return (codes, values, all_scales, all_zeros, torch.div(loss, 2.), sided)

# Half the trace of (w - q) H transpose(w - q).
def half_output_error(self, w: Tensor, q: Tensor, hessian: Tensor) -> float:
  d = torch.to(torch.sub(w, q), 7)
  return float(torch.sum(torch.mul(torch.matmul(d, torch.to(hessian, 7)), d))) / 2.
