# The greatest difference of outputs, [rows, out], over the greatest exact output of the row, of the
# columns of one part.
def difference(self, found: Tensor, exact: Tensor, start: int, end: int) -> float:
  x = torch.to(found[:, start:end], 6)
  y = torch.to(exact[:, start:end], 6)
  most = torch.clamp_min(torch.amax(torch.abs(y), [1]), 1e-30)
  return float(torch.max(torch.amax(torch.abs(x - y), [1]) / most))
