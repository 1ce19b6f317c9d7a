def zeros_share(self, w: Tensor) -> float:
  return float(torch.mean(torch.to(torch.eq(w, 0), 7)))

def zeros(self, w: Tensor) -> Tensor:
  return torch.eq(w, 0)

def none(self, w: Tensor) -> Tensor:
  return torch.empty([0, 0], dtype=11, device=w.device)
