# Work that is timed to find a machine's limits.
def filled(self, n: int, dtype: int, device: str) -> Tensor:
  return torch.ones([n], dtype=dtype, device=torch.device(device))
def copy(self, source: Tensor, target: Tensor, times: int) -> None:
  for i in range(times):
    torch.copy_(target, source)
def triad(self, b: Tensor, c: Tensor, a: Tensor, times: int) -> None:
  for i in range(times):
    torch.add(b, c, alpha=3.0, out=a)
def read(self, arrays: List[Tensor], columns: int, x: Tensor, y: Tensor, times: int) -> None:
  for i in range(times):
    for array in arrays:
      torch.mv(torch.view(array, [-1, columns]), x, out=y)
def matrix(self, n: int, dtype: int, device: str) -> Tensor:
  numbers = torch.arange(n * n, device=torch.device(device))
  return torch.to(torch.remainder(torch.view(numbers, [n, n]), 7), dtype)
def multiply(self, a: Tensor, b: Tensor, c: Tensor, times: int) -> None:
  for i in range(times):
    torch.mm(a, b, out=c)
def multiply_int8(self, a: Tensor, b: Tensor, c: Tensor, times: int) -> None:
  for i in range(times):
    torch._int_mm(a, b, out=c)
