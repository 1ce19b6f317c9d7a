# Candidates of AWQ's scale search (auto_scale.py of mit-han-lab/llm-awq).

# Scales, [in], of a ratio. With magnitudes (not empty) the duo variant of AutoAWQ.
def awq_scales(self, mean_abs: Tensor, magnitudes: Tensor, ratio: float) -> Tensor:
  scales = torch.pow(mean_abs, ratio)
  if torch.numel(magnitudes) > 0:
    scales = torch.div(scales, torch.add(torch.pow(magnitudes, 1. - ratio), 1e-4))
  scales = torch.clamp_min(scales, 1e-4)
  scales = torch.div(scales, torch.sqrt(torch.mul(torch.max(scales), torch.min(scales))))
  return torch.where(torch.isfinite(scales), scales, torch.ones_like(scales))

# What the weight becomes when it is quantized with scaled columns.
def awq_scaled_round_trip(self, w: Tensor, scales: Tensor, group: int, max_code: int) -> Tensor:
  row = torch.unsqueeze(scales, 0)
  return torch.div(self.awq_round_trip(torch.mul(w, row), group, max_code), row)

# Mean over the rows of all weights, [in], of |w| relative to the greatest of its group.
def awq_magnitudes(self, weights: List[Tensor], group: int) -> Tensor:
  w = torch.abs(torch.cat(weights, 0))
  parts = annotate(List[Tensor], [])
  for start in range(0, torch.size(w, 1), group):
    part = w[:, start:start + group]
    parts.append(torch.mean(torch.div(part, torch.add(torch.amax(part, [1], True), 1e-6)), [0]))
  return torch.cat(parts, 0)

def squared_difference(self, a: Tensor, b: Tensor) -> float:
  return float(torch.sum(torch.square(torch.sub(torch.to(a, 6), torch.to(b, 6))), dtype=7))

# Sum over all tokens of x xT, [in, in].
def second_moments(self, inputs: List[Tensor]) -> Tensor:
  width = torch.size(inputs[0], -1)
  total = torch.zeros([width, width], dtype=7, device=inputs[0].device)
  for x in inputs:
    flat = torch.reshape(torch.to(x, 6), [-1, width])
    total = torch.add_(total, torch.mm(torch.t(flat), flat))
  return total

# Sum of squares of what two weights' outputs differ by.
def moment_loss(self, w: Tensor, tried: Tensor, moments: Tensor) -> float:
  difference = torch.sub(torch.to(tried, 7), torch.to(w, 7))
  return float(torch.sum(torch.mul(torch.mm(difference, moments), difference)))
