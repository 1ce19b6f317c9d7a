def transposed(self, w: Tensor) -> Tensor:
  return torch.contiguous(torch.t(w))

def select_rows(self, x: Tensor, index: List[int]) -> Tensor:
  return torch.index_select(x, 0, torch.tensor(index, dtype=4, device=x.device))

# The rows of the parts, one part after the other, go where index says.
def join_rows(self, parts: List[Tensor], index: List[int]) -> Tensor:
  joined = torch.cat(parts, 0)
  return torch.index_select(joined, 0, torch.argsort(torch.tensor(index, dtype=4, device=joined.device)))

def same(self, a: Tensor, b: Tensor) -> bool:
  return torch.equal(a, b)

def any_other_than_zero(self, x: Tensor) -> bool:
  return bool(torch.any(torch.ne(x, 0)))
