# Floats of 8 bits under scales of blocks: [rows of blocks, columns of blocks], blocks at the edges
# smaller.

# The nearest floats of a weight; those beyond the greatest number of the type are that. limit: the
# greatest number; least: what stands in for a scale of 0. rule: 0 a division by greatest / limit; 1 a
# product with limit / greatest, whose reciprocal is the scale; 2 the same with scales that are
# powers of two, no less.
def quantize(self, w: Tensor, rows: int, columns: int, rule: int, limit: float, least: float, dtype: int) -> Tuple[Tensor, Tensor]:
  greatest = self.greatest(w, rows, columns)
  if rule == 0:
    scales = greatest / limit
    scales = torch.where(torch.eq(scales, 0), torch.full_like(scales, least), scales)
    x = w / self.spread(scales, rows, columns, w.size(0), w.size(1))
  else:
    factors = torch.where(torch.gt(greatest, 0), torch.reciprocal(greatest) * limit, torch.ones_like(greatest))
    scales = torch.reciprocal(factors)
    if rule == 2:
      scales = self.upper_power(scales)
      factors = torch.reciprocal(scales)
    x = w * self.spread(factors, rows, columns, w.size(0), w.size(1))
  return (torch.to(torch.clamp(x, -limit, limit), dtype), scales)

# Greatest magnitudes of blocks.
def greatest(self, w: Tensor, rows: int, columns: int) -> Tensor:
  below = (rows - w.size(0) % rows) % rows
  right = (columns - w.size(1) % columns) % columns
  padded = torch.constant_pad_nd(torch.abs(w), [0, right, 0, below], 0)
  parts = torch.reshape(padded, [padded.size(0) // rows, rows, padded.size(1) // columns, columns])
  return torch.amax(parts, [1, 3])

# Each block's scale at all its places, [n, k].
def spread(self, scales: Tensor, rows: int, columns: int, n: int, k: int) -> Tensor:
  return torch.repeat_interleave(self.by_row(scales, rows, n), columns, 1)[:, :k]

# The scales of each row, [n, columns of blocks].
def by_row(self, scales: Tensor, rows: int, n: int) -> Tensor:
  return torch.contiguous(torch.repeat_interleave(scales, rows, 0)[:n])

def values(self, w: Tensor, scales: Tensor, rows: int, columns: int) -> Tensor:
  return torch.to(w, 6) * self.spread(scales, rows, columns, w.size(0), w.size(1))

# The least powers of two that are no less: a mantissa of 0 is one.
def upper_power(self, x: Tensor) -> Tensor:
  bits = torch.view_copy(torch.contiguous(x), dtype=3)
  above = torch.to(torch.gt(torch.bitwise_and(bits, 8388607), 0), 3)
  return torch.view_copy(torch.bitwise_left_shift(torch.bitwise_right_shift(bits, 23) + above, 23), dtype=6)

# Scales of each row as scales of blocks of rows, where those of a block are the same.
def first_rows(self, scales: Tensor, rows: int) -> Tensor:
  return torch.contiguous(scales[::rows])
