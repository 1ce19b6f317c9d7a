# What channels are divided by, as in smooth.py of mit-han-lab/smoothquant.
def scales(self, greatest: Tensor, weights: List[Tensor], alpha: float) -> Tensor:
  most = torch.amax(torch.abs(weights[0]), [0])
  for weight in weights:
    most = torch.maximum(most, torch.amax(torch.abs(weight), [0]))
  most = torch.clamp_min(most, 1e-5)
  return torch.clamp_min(torch.pow(greatest, alpha) / torch.pow(most, 1.0 - alpha), 1e-5)

# Each row rounded to 127 steps to either side.
def rounded_rows(self, x: Tensor) -> Tensor:
  scales = torch.clamp_min(torch.amax(torch.abs(x), [-1], True), 1e-5) / 127.0
  return torch.round(x / scales) * scales

# By how much outputs change, squared and summed, when smoothed inputs and weights are rounded.
def rounding_loss(self, x: Tensor, weights: List[Tensor], scales: Tensor) -> float:
  loss = torch.zeros([], dtype=7, device=x.device)
  smoothed = self.rounded_rows(x / scales)
  for weight in weights:
    rounded = torch.matmul(smoothed, torch.t(self.rounded_rows(weight * scales)))
    exact = torch.matmul(x, torch.t(weight))
    loss = loss + torch.sum(torch.square(rounded - exact), dtype=7)
  return float(loss)
