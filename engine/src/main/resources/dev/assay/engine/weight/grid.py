def dequantize(self, codes: Tensor, scales: Tensor, zeros: Tensor, group_index: Tensor) -> Tensor:
  index = torch.to(group_index, 4)
  scale = torch.index_select(torch.to(scales, 6), 1, index)
  zero = torch.index_select(zeros, 1, index)
  return (torch.to(codes, 6) - zero) * scale
