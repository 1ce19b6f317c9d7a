# Codes of 4 bits, uint8, on the grids of torchao and QServe; every step is float32 and in the order of
# their code. Groups are runs of size columns; a last shorter one is filled up by its last column,
# which changes no range.

# [rows, groups, size]
def grouped(self, w: Tensor, size: int) -> Tensor:
  missing = (size - w.size(1) % size) % size
  filling = torch.expand(w[:, -1:], [w.size(0), missing])
  return torch.reshape(torch.cat([w, filling], 1), [w.size(0), -1, size])

# Codes [rows, columns] of grouped ones.
def flat(self, codes: Tensor, columns: int) -> Tensor:
  return torch.contiguous(torch.to(torch.reshape(codes, [codes.size(0), -1])[:, :columns], 0))

def rounded(self, groups: Tensor, scales: Tensor, zeros: Tensor, columns: int) -> Tuple[Tensor, Tensor, Tensor]:
  codes = torch.clamp(torch.round(groups * torch.reciprocal(scales)) + zeros, -8.0, 7.0) + 8.0
  return (self.flat(codes, columns), torch.squeeze(scales, 2), torch.squeeze(zeros, 2) + 8.0)

def symmetric(self, w: Tensor, size: int) -> Tuple[Tensor, Tensor, Tensor]:
  groups = self.grouped(w, size)
  scales = torch.clamp_min(torch.amax(torch.abs(groups), [2], True) / 7.5, 1.1754943508222875e-38)
  return self.rounded(groups, scales, torch.zeros_like(scales), w.size(1))

def no_clipping(self, w: Tensor, size: int) -> Tuple[Tensor, Tensor, Tensor]:
  groups = self.grouped(w, size)
  low = torch.neg(torch.clamp_max(torch.amin(groups, [2], True), 0.0)) / 8.0
  high = torch.clamp_min(torch.amax(groups, [2], True), 0.0) / 7.0
  scales = torch.clamp_min(torch.maximum(low, high), 1.1754943508222875e-38)
  return self.rounded(groups, scales, torch.zeros_like(scales), w.size(1))

def asymmetric(self, w: Tensor, size: int) -> Tuple[Tensor, Tensor, Tensor]:
  groups = self.grouped(w, size)
  low = torch.clamp_max(torch.amin(groups, [2], True), 0.0)
  high = torch.clamp_min(torch.amax(groups, [2], True), 0.0)
  scales = torch.clamp_min((high - low) / 15.0, 1.1754943508222875e-38)
  zeros = torch.clamp(torch.neg(torch.round(low / scales)) - 8.0, -8.0, 7.0)
  return self.rounded(groups, scales, zeros, w.size(1))

# QServe without groups: a scale in float16 a row, whatever size is.
def channel(self, w: Tensor, size: int) -> Tuple[Tensor, Tensor, Tensor]:
  low = torch.clamp_max(torch.amin(w, [1], True), 0.0)
  high = torch.clamp_min(torch.amax(w, [1], True), 0.0)
  scales = torch.to(torch.to((high - low) / 15.0, 5), 6)
  scales = torch.where(torch.eq(scales, 0), torch.ones_like(scales), scales)
  zeros = torch.clamp(torch.round(torch.neg(low) / scales), 0.0, 15.0)
  codes = torch.clamp(torch.round(w / scales + zeros), 0.0, 15.0)
  return (torch.to(codes, 0), scales, zeros)

# Codes, the row scales in float16 [rows, 1], the groups' scales, uint8, and offsets, int16, [rows,
# groups]: level = code * scale - offset, of 8 bits. before: the zero is taken off before the scale is
# applied, so that the offset is a multiple of it. The range of the first level leaves room for
# levels that round beyond it.
def two_levels(self, w: Tensor, size: int, before: bool) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
  reach = 120.0
  if before:
    reach = 119.0
  rows = torch.to(torch.amax(torch.abs(w), [1], True) / reach, 5)
  rows = torch.where(torch.eq(rows, 0), torch.ones_like(rows), rows)
  groups = self.grouped(torch.clamp(w / torch.to(rows, 6), -reach, reach), size)
  low = torch.amin(groups, [2], True)
  high = torch.amax(groups, [2], True)
  if before:
    low = torch.clamp_max(low, 0.0)
    high = torch.clamp_min(high, 0.0)
  scales = torch.round((high - low) / 15.0)
  scales = torch.where(torch.eq(scales, 0), torch.ones_like(scales), scales)
  if before:
    zeros = torch.clamp(torch.round(torch.neg(low) / scales), 0.0, 15.0)
    codes = torch.clamp(torch.round(groups / scales + zeros), 0.0, 15.0)
    offsets = zeros * scales
  else:
    offsets = torch.clamp(torch.round(torch.neg(low)), -128.0, 127.0)
    codes = torch.clamp(torch.round((groups + offsets) / scales), 0.0, 15.0)
  return (self.flat(codes, w.size(1)), rows, torch.to(torch.squeeze(scales, 2), 0), torch.to(torch.squeeze(offsets, 2), 2))

# The levels of codes, around 128, uint8.
def levels(self, codes: Tensor, scales: Tensor, offsets: Tensor, size: int) -> Tensor:
  groups = torch.to(self.grouped(codes, size), 2)
  levels = groups * torch.unsqueeze(torch.to(scales, 2), 2) - torch.unsqueeze(offsets, 2)
  return self.flat(levels + 128, codes.size(1))

# Two codes a byte, the first in the low bits.
def pack(self, codes: Tensor) -> Tensor:
  pairs = torch.reshape(torch.constant_pad_nd(codes, [0, codes.size(1) % 2], 0), [codes.size(0), -1, 2])
  return torch.contiguous(pairs[:, :, 0] + pairs[:, :, 1] * 16)

def unpack(self, packed: Tensor, columns: int) -> Tensor:
  pairs = torch.stack([torch.bitwise_and(packed, 15), torch.bitwise_right_shift(packed, 4)], 2)
  return torch.contiguous(torch.reshape(pairs, [packed.size(0), -1])[:, :columns])
