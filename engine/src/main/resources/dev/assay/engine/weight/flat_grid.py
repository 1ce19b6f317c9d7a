# Codes [out, in] on grids whose groups know no rows: runs of size elements with axis 1; with axis 0
# every (out * in / size)-th element. scales, zeros: one a group.
def dequantize(self, codes: Tensor, scales: Tensor, zeros: Tensor, size: int, axis: int) -> Tensor:
  if axis == 1:
    values = (torch.to(torch.reshape(codes, [-1, size]), 6) - torch.unsqueeze(torch.to(zeros, 6), 1)) * torch.unsqueeze(torch.to(scales, 6), 1)
  else:
    values = (torch.to(torch.reshape(codes, [size, -1]), 6) - torch.to(zeros, 6)) * torch.to(scales, 6)
  return torch.reshape(values, codes.size())

# Some rows of the weight.
def rows(self, codes: Tensor, scales: Tensor, zeros: Tensor, size: int, axis: int, rows: List[int]) -> Tensor:
  columns = codes.size(1)
  index = torch.tensor(rows, dtype=4, device=codes.device)
  some = torch.index_select(codes, 0, index)
  places = torch.unsqueeze(index, 1) * columns + torch.arange(0, columns, 1, dtype=4, device=codes.device)
  if axis == 1:
    groups = torch.reshape(torch.floor_divide(places, size), [-1])
  else:
    groups = torch.reshape(torch.remainder(places, torch.numel(scales)), [-1])
  zero = torch.reshape(torch.to(torch.index_select(torch.reshape(zeros, [-1]), 0, groups), 6), some.size())
  scale = torch.reshape(torch.to(torch.index_select(torch.reshape(scales, [-1]), 0, groups), 6), some.size())
  return (torch.to(some, 6) - zero) * scale
