# The first dimensions of each head turn in pairs of neighbours; the others pass.
def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  width = 2 * cos.size(-1)
  turning = torch.narrow(x, -1, 0, width)
  a = turning[:, :, :, 0::2]
  b = turning[:, :, :, 1::2]
  turned = [torch.flatten(torch.stack([a * cos - b * sin, b * cos + a * sin], -1), -2)]
  rest = x.size(-1) - width
  if rest > 0:
    turned = torch.append(turned, torch.narrow(x, -1, width, rest))
  return torch.cat(turned, -1)
