# A linear is five tensors from ws[at]: weight, scales, offset, order, bias; absent ones are empty.
# limits = [int4 block of packed rows, most rows of x that the packed kernels take,
#           most rows of x that dense products take in a 16-bit type; more are computed in float32]
def dequantize_int4(self, w: Tensor, sz: Tensor, group: int, block: int) -> Tensor:
  n = sz.size(1)
  k = sz.size(0) * group
  packed = torch.view(w, [n // block, k, block // 2])
  codes = torch.cat([torch.bitwise_and(packed, 15), torch.bitwise_right_shift(packed, 4)], 2)
  codes = torch.reshape(torch.transpose(codes, 1, 2), [n, k // group, group])
  grid = torch.transpose(sz, 0, 1)
  return torch.reshape((torch.to(codes, sz.dtype) - 8.0) * grid[:, :, 0:1] + grid[:, :, 1:2], [n, k])

def dense(self, x: Tensor, w: Tensor, narrow_rows: int) -> Tensor:
  if x.dtype == 6 or x.size(0) <= narrow_rows:
    return torch.linear(x, torch.to(w, x.dtype))
  return torch.to(torch.linear(torch.to(x, 6), torch.to(w, 6)), x.dtype)

def linear(self, x: Tensor, ws: List[Tensor], at: int, kernel: int, group: int, limits: List[int]) -> Tensor:
  w = ws[at]
  if torch.numel(ws[at + 3]) > 0:
    x = torch.index_select(x, -1, ws[at + 3])
  shape = x.shape
  flat = torch.reshape(x, [-1, x.size(-1)])
  few = flat.size(0) <= limits[1]
  y = flat
  if kernel == 0:
    y = self.dense(flat, w, limits[2])
  elif kernel == 1:
    y = ops.mkldnn._linear_pointwise(flat, w, None, 'none', annotate(List[Optional[number]], []), '')
  elif kernel == 2:
    # The last rows of a weight that is no whole number of blocks are packed in a way of their own.
    if few or limits[0] == 0 or ws[at + 1].size(1) % limits[0] != 0:
      y = torch._weight_int4pack_mm_for_cpu(flat, w, group, ws[at + 1])
    else:
      y = self.dense(flat, self.dequantize_int4(w, ws[at + 1], group, limits[0]), limits[2])
  else:
    if few:
      y = torch._weight_int8pack_mm(flat, w, ws[at + 1])
    else:
      y = self.dense(flat, torch.to(w, flat.dtype) * torch.unsqueeze(ws[at + 1], 1), limits[2])
    if torch.numel(ws[at + 2]) > 0:
      y = y + torch.sum(flat, [1], True) * ws[at + 2]
  if torch.numel(ws[at + 4]) > 0:
    y = y + ws[at + 4]
  shape[-1] = y.size(-1)
  return torch.reshape(y, shape)

# A group is up to three linears of the same input, their outputs one after the other;
# forms[form] says how many, then comes (kernel, group) of each.
def project(self, x: Tensor, ws: List[Tensor], at: int, forms: List[int], form: int, limits: List[int]) -> Tensor:
  if forms[form] == 1:
    return self.linear(x, ws, at, forms[form + 1], forms[form + 2], limits)
  parts = [self.linear(x, ws, at + 5 * p, forms[form + 1 + 2 * p], forms[form + 2 + 2 * p], limits) for p in range(forms[form])]
  return torch.cat(parts, -1)

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
