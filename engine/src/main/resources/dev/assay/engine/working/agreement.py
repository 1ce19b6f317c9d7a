# NaN where a value is none.
def largest_difference(self, a: Tensor, b: Tensor) -> float:
  return float(torch.max(torch.abs(a - b)))

def largest(self, x: Tensor) -> float:
  return float(torch.max(torch.abs(x)))

def zeros(self, x: Tensor) -> float:
  return float(torch.mean(torch.to(torch.eq(x, 0), 7)))
