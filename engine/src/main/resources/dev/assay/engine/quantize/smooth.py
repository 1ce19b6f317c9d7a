# What channels are divided by, as in smooth.py of mit-han-lab/smoothquant.
def scales(self, greatest: Tensor, weights: List[Tensor], alpha: float) -> Tensor:
  most = torch.amax(torch.abs(weights[0]), [0])
  for weight in weights:
    most = torch.maximum(most, torch.amax(torch.abs(weight), [0]))
  most = torch.clamp_min(most, 1e-5)
  return torch.clamp_min(torch.pow(greatest, alpha) / torch.pow(most, 1.0 - alpha), 1e-5)
