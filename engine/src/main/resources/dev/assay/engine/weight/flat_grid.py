# Codes [out, in] on grids whose groups know no rows: runs of size elements with axis 1; with axis 0
# every (out * in / size)-th element. scales, zeros: one a group.
def dequantize(self, codes: Tensor, scales: Tensor, zeros: Tensor, size: int, axis: int) -> Tensor:
  if axis == 1:
    values = (torch.to(torch.reshape(codes, [-1, size]), 6) - torch.unsqueeze(torch.to(zeros, 6), 1)) * torch.unsqueeze(torch.to(scales, 6), 1)
  else:
    values = (torch.to(torch.reshape(codes, [size, -1]), 6) - torch.to(zeros, 6)) * torch.to(scales, 6)
  return torch.reshape(values, codes.size())
