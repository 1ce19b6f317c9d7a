def transposed(self, w: Tensor) -> Tensor:
  return torch.contiguous(torch.t(w))

def select_rows(self, x: Tensor, index: List[int]) -> Tensor:
  return torch.index_select(x, 0, torch.tensor(index, dtype=4, device=x.device))

def select_columns(self, x: Tensor, index: List[int]) -> Tensor:
  return torch.index_select(x, 1, torch.tensor(index, dtype=4, device=x.device))

# The rows of the parts, one part after the other, go where index says.
def join_rows(self, parts: List[Tensor], index: List[int]) -> Tensor:
  joined = torch.cat(parts, 0)
  return torch.index_select(joined, 0, torch.argsort(torch.tensor(index, dtype=4, device=joined.device)))

def same(self, a: Tensor, b: Tensor) -> bool:
  return torch.equal(a, b)

def any_other_than_zero(self, x: Tensor) -> bool:
  return bool(torch.any(torch.ne(x, 0)))

# Whether two tensors are of one type and equal; what oneDNN has reordered is like no other.
def alike(self, a: Tensor, b: Tensor) -> bool:
  if a.is_mkldnn or b.is_mkldnn or a.dtype != b.dtype or a.size() != b.size():
    return False
  # Libtorch compares no floats of 8 bits.
  if a.dtype > 22:
    return torch.equal(torch.view_copy(a, dtype=0), torch.view_copy(b, dtype=0))
  return torch.equal(a, b)
