def pack_int4(self, codes: Tensor) -> Tensor:
  return torch._convert_weight_to_int4pack_for_cpu(torch.to(codes, 3), 1)

def int4_grid(self, scales: Tensor, zeros: Tensor, repeat: int, dtype: int) -> Tensor:
  s = torch.repeat_interleave(torch.to(scales, 6), repeat, 1)
  z = torch.repeat_interleave(zeros, repeat, 1)
  grid = torch.stack([s, (8.0 - z) * s], 2)
  return torch.contiguous(torch.to(torch.transpose(grid, 0, 1), dtype))

def int8_codes(self, codes: Tensor) -> Tensor:
  return torch.contiguous(torch.to(torch.to(codes, 3) - 128, 1))

def int8_scales(self, scales: Tensor, dtype: int) -> Tensor:
  return torch.contiguous(torch.to(torch.reshape(scales, [-1]), dtype))

def int8_offset(self, scales: Tensor, zeros: Tensor, dtype: int) -> Tensor:
  return torch.contiguous(torch.to(torch.reshape(torch.to(scales, 6) * (128.0 - zeros), [-1]), dtype))

def prepack(self, w: Tensor) -> Tensor:
  return ops.mkldnn._reorder_linear_weight(w, None)

def column_order(self, group_index: Tensor) -> Tensor:
  return torch.argsort(group_index, stable=True, dim=0, descending=False)

def same(self, a: Tensor, b: Tensor) -> bool:
  return torch.equal(a, b)

# The values of packed codes, where rows are interleaved in blocks.
def unpack_int4(self, w: Tensor, sz: Tensor, group: int, block: int) -> Tensor:
  n = sz.size(1)
  k = sz.size(0) * group
  packed = torch.view(w, [n // block, k, block // 2])
  codes = torch.cat([torch.bitwise_and(packed, 15), torch.bitwise_right_shift(packed, 4)], 2)
  codes = torch.reshape(torch.transpose(codes, 1, 2), [n, k // group, group])
  grid = torch.transpose(sz, 0, 1)
  return torch.reshape((torch.to(codes, sz.dtype) - 8.0) * grid[:, :, 0:1] + grid[:, :, 1:2], [n, k])

# Codes in fields of bits, the first in the lowest, [out, in] to uint8 [out, in * bits / 8 rounded up].
def pack_bits(self, codes: Tensor, bits: int) -> Tensor:
  fields = 8 // bits
  missing = (fields - codes.size(1) % fields) % fields
  padded = torch.to(torch.constant_pad_nd(codes, [0, missing], 0), 3)
  parts = torch.reshape(padded, [codes.size(0), -1, fields])
  shifts = torch.arange(0, 8, bits, dtype=3, device=codes.device)
  return torch.to(torch.sum(torch.bitwise_left_shift(parts, shifts), [-1]), 0)

# Codes, uint8 [rows, columns], as one stream of bits a row, the first code in the lowest bits:
# uint8 [rows, columns * bits / 8 rounded up].
def pack_stream(self, codes: Tensor, bits: int) -> Tensor:
  places = torch.arange(bits, dtype=0, device=codes.device)
  stream = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(codes, -1), places), 1)
  stream = torch.reshape(stream, [codes.size(0), -1])
  missing = (8 - stream.size(1) % 8) % 8
  stream = torch.reshape(torch.constant_pad_nd(stream, [0, missing], 0), [codes.size(0), -1, 8])
  weights = torch.bitwise_left_shift(torch.ones([8], dtype=0, device=codes.device), torch.arange(8, dtype=0, device=codes.device))
  return torch.to(torch.sum(stream * weights, [-1]), 0)

def unpack_stream(self, packed: Tensor, bits: int, columns: int) -> Tensor:
  places = torch.arange(8, dtype=0, device=packed.device)
  stream = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(packed, -1), places), 1)
  stream = torch.reshape(stream, [packed.size(0), -1])[:, :columns * bits]
  stream = torch.reshape(stream, [packed.size(0), columns, bits])
  weights = torch.bitwise_left_shift(torch.ones([bits], dtype=0, device=packed.device), torch.arange(bits, dtype=0, device=packed.device))
  return torch.to(torch.sum(stream * weights, [-1]), 0)
