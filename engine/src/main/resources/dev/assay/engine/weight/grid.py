def dequantize(self, codes: Tensor, scales: Tensor, zeros: Tensor, group_index: Tensor) -> Tensor:
  index = torch.to(group_index, 4)
  scale = torch.index_select(torch.to(scales, 6), 1, index)
  zero = torch.index_select(zeros, 1, index)
  return (torch.to(codes, 6) - zero) * scale

# Whether zeros are codes: whole numbers from 0 to the greatest.
def are_codes(self, zeros: Tensor, greatest: int) -> bool:
  x = torch.to(zeros, 6)
  whole = torch.eq(x, torch.round(x))
  held = torch.logical_and(torch.ge(x, 0.0), torch.le(x, float(greatest)))
  return bool(torch.all(torch.logical_and(whole, held)))
