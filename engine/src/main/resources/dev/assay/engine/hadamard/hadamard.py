# Products with a Hadamard matrix by sums and differences (Fino and Algazi 1976), float64.
def multiply(self, x: Tensor, base: Tensor, size: int, stride: int) -> Tensor:
  order = base.size(0)
  y = torch.to(x, 7)
  h = stride
  while h < size // order * stride:
    y = torch.reshape(y, [-1, 2, h])
    a = torch.select(y, 1, 0)
    b = torch.select(y, 1, 1)
    y = torch.stack([a + b, a - b], 1)
    h = h * 2
  if order > 1:
    y = torch.matmul(torch.to(base, 7), torch.reshape(y, [-1, order, size // order * stride]))
  return torch.reshape(y * size ** -0.5, x.size())
