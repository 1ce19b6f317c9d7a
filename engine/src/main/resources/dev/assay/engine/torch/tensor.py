def type_of(self, x: Tensor) -> int:
  return x.dtype

def zeros(self, shape: List[int], dtype: int, device: str) -> Tensor:
  return torch.zeros(shape, dtype=dtype, device=torch.device(device))

def cast(self, x: Tensor, dtype: int) -> Tensor:
  return torch.contiguous(torch.to(x, dtype))

def copy(self, x: Tensor) -> Tensor:
  return torch.clone(torch.contiguous(x))

def concatenate(self, xs: List[Tensor], axis: int) -> Tensor:
  return torch.cat(xs, axis)

def rows(self, x: Tensor, start: int, end: int) -> Tensor:
  return x[start:end]

def select_rows(self, x: Tensor, index: Tensor) -> Tensor:
  return torch.contiguous(torch.index_select(x, 0, index))

def select_columns(self, x: Tensor, index: Tensor) -> Tensor:
  return torch.contiguous(torch.index_select(x, 1, index))

def map_file(self, path: str, elements: int, dtype: int) -> Tensor:
  return torch.from_file(path, False, elements, dtype=dtype, device=torch.device("cpu"))

def slice_view(self, flat: Tensor, offset: int, length: int, shape: List[int], device: str) -> Tensor:
  return torch.to(torch.view(flat[offset:offset + length], shape), torch.device(device))

def reinterpret(self, x: Tensor, dtype: int) -> Tensor:
  return torch.view_copy(torch.contiguous(x), dtype=dtype)

def raw_bytes(self, x: Tensor) -> Tensor:
  return torch.view_copy(torch.reshape(torch.contiguous(x), [-1]), dtype=0)

def non_finite(self, x: Tensor) -> float:
  return float(torch.sum(torch.logical_not(torch.isfinite(x))))
