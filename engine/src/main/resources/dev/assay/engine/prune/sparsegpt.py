# SparseGPT's walk over the columns (sparsegpt.py of IST-DASLab/sparsegpt). Weights are held
# transposed, [in, out]. Either `ratio` of each block goes by one threshold over the block (run = 0),
# or the `pruned` smallest of every `run` columns of a row. With a scale, [out], the weights that stay
# are put on its grid. Returns codes, values and mask (1 = pruned), all [in, out], and half the sum of
# squared errors; without a scale the codes mean nothing.
def sparsegpt_columns(self, weight: Tensor, upper: Tensor, ratio: float, pruned: int, run: int, block: int, scale: Tensor, zero: Tensor, max_code: int) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
  columns = torch.size(weight, 0)
  on_grid = torch.numel(scale) > 0
  w = torch.clone(weight)
  codes = torch.empty_like(w, dtype=0)
  values = torch.empty_like(w)
  mask = torch.zeros_like(w, dtype=11)
  loss = torch.zeros([], dtype=7, device=w.device)
  for start in range(0, columns, block):
    end = min(start + block, columns)
    w1 = torch.clone(w[start:end])
    errors = torch.empty_like(w1)
    upper1 = upper[start:end, start:end]
    diagonal = torch.unsqueeze(torch.square(torch.diagonal(upper1)), 1)
    mask1 = mask[start:end]
    if run == 0:
      score = torch.div(torch.square(w1), diagonal)
      torch.copy_(mask1, self.up_to_threshold(score, int(torch.numel(score) * ratio)))
    for i in range(end - start):
      if run > 0 and i % run == 0:
        score = torch.div(torch.square(w1[i:i + run]), diagonal[i:i + run])
        torch.copy_(mask1[i:i + run], torch.t(self.smallest_of_row(torch.t(score), pruned - max(0, run - torch.size(score, 0)))))
      wi = w1[i]
      value = torch.masked_fill(wi, mask1[i], 0.)
      if on_grid:
        code = self.grid_codes(value, scale, zero, max_code)
        value = torch.mul(torch.sub(code, zero), scale)
        torch.copy_(codes[start + i], code)
      error = torch.div(torch.sub(wi, value), upper1[i, i])
      torch.sub_(w1[i + 1:], torch.outer(upper1[i, i + 1:], error))
      torch.copy_(values[start + i], value)
      torch.copy_(errors[i], error)
    loss = torch.add(loss, torch.sum(torch.square(errors), dtype=7))
    torch.sub_(w[end:], torch.matmul(torch.t(upper[start:end, end:]), errors))
  return (codes, values, torch.to(mask, 0), torch.div(loss, 2.))
