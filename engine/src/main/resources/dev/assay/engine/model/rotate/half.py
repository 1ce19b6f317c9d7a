# The first dimensions of each head turn in pairs half of them apart; the others pass.
def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  half = cos.size(-1)
  a = torch.narrow(x, -1, 0, half)
  b = torch.narrow(x, -1, half, half)
  turned = [a * cos - b * sin, b * cos + a * sin]
  rest = x.size(-1) - 2 * half
  if rest > 0:
    turned = torch.append(turned, torch.narrow(x, -1, 2 * half, rest))
  return torch.cat(turned, -1)
