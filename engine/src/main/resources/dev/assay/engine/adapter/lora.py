# Adapters: weight [out, in] + up [out, rank] @ down [rank, in]; sums in float64.
def sum(self, weight: Tensor, up: Tensor, down: Tensor) -> Tensor:
  return torch.to(weight, 7) + torch.matmul(torch.to(up, 7), torch.to(down, 7))

def scaled(self, up: Tensor, scale: float) -> Tensor:
  return torch.mul(up, scale)

def merged(self, weight: Tensor, up: Tensor, down: Tensor) -> Tensor:
  return torch.to(self.sum(weight, up, down), 6)

# What gives rows the magnitudes, [out], that DoRA has learned.
def row_factors(self, weight: Tensor, up: Tensor, down: Tensor, magnitudes: Tensor) -> Tensor:
  norms = torch.sqrt(torch.sum(torch.square(self.sum(weight, up, down)), [1]))
  # A row of zeros has no direction.
  norms = torch.where(torch.gt(norms, 0.), norms, torch.ones_like(norms))
  return torch.to(torch.to(magnitudes, 7) / norms, 6)

def times_rows(self, x: Tensor, factors: Tensor) -> Tensor:
  return x * torch.unsqueeze(factors, 1)

def change(self, before: Tensor, after: Tensor) -> float:
  whole = torch.sum(torch.square(torch.to(before, 7)))
  moved = torch.sum(torch.square(torch.to(after, 7) - before))
  return float(moved / torch.clamp_min(whole, 1e-300))

def zeros_share(self, x: Tensor) -> float:
  return float(torch.mean(torch.to(torch.eq(x, 0), 7)))
