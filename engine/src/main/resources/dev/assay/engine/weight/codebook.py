# Two codes a byte, the first in the high bits; blocks are runs of the flattened weight.
def dequantize(self, packed: Tensor, codebook: Tensor, scales: Tensor, block: int, rows: int, columns: int) -> Tensor:
  flat = torch.reshape(packed, [-1])
  pairs = torch.stack([torch.bitwise_right_shift(flat, 4), torch.bitwise_and(flat, 15)], 1)
  codes = torch.to(torch.reshape(pairs, [-1])[:rows * columns], 3)
  values = self.scaled(torch.index_select(codebook, 0, codes), scales, block)
  return torch.reshape(values, [rows, columns])

def nested_scales(self, codes: Tensor, codebook: Tensor, scales: Tensor, block: int, offset: float) -> Tensor:
  values = torch.index_select(codebook, 0, torch.to(torch.reshape(codes, [-1]), 3))
  return self.scaled(values, scales, block) + offset

def scaled(self, values: Tensor, scales: Tensor, block: int) -> Tensor:
  n = torch.numel(values)
  blocks = torch.numel(scales)
  padded = torch.reshape(torch.constant_pad_nd(values, [0, blocks * block - n], 0), [blocks, block])
  return torch.reshape(padded * torch.reshape(scales, [blocks, 1]), [-1])[:n]
