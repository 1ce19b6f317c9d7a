def zeros_share(self, w: Tensor) -> float:
  return float(torch.mean(torch.to(torch.eq(w, 0), 7)))

def zeros(self, w: Tensor) -> Tensor:
  return torch.eq(w, 0)

def none(self, w: Tensor) -> Tensor:
  return torch.empty([0, 0], dtype=11, device=w.device)

def count(self, w: Tensor) -> int:
  return int(torch.sum(torch.eq(w, 0)))

# How many zeros of one are none of the other.
def lost(self, before: Tensor, after: Tensor) -> int:
  return int(torch.sum(torch.logical_and(torch.eq(before, 0), torch.ne(after, 0))))
