# Codes, uint8 [rows, columns], in tiles.
def pack(self, codes: Tensor, bits: int) -> Tensor:
  return ops.assay.grid_pack(torch.contiguous(torch.to(codes, 0)), bits)

# Numbers of rows and groups, [rows, groups], as tiles have them: [rows of tiles, groups, 16].
def in_tiles(self, numbers: Tensor) -> Tensor:
  missing = (16 - numbers.size(0) % 16) % 16
  padded = torch.constant_pad_nd(numbers, [0, 0, 0, missing], 0)
  return torch.contiguous(torch.transpose(torch.reshape(padded, [-1, 16, numbers.size(1)]), 1, 2))

# Whether all zeros are the same number.
def all_are(self, zeros: Tensor, number: float) -> bool:
  return bool(torch.all(torch.eq(torch.to(zeros, 6), number)))

# Whether each group has as many columns as the others, but for the last.
def in_runs(self, group_index: Tensor, size: int) -> bool:
  sorted = torch.sort(group_index, 0, False)[0]
  places = torch.arange(0, torch.numel(group_index), dtype=3, device=group_index.device)
  return torch.equal(torch.to(sorted, 3), torch.floor_divide(places, size))

# Whether float16 holds all within half a unit of its last place.
def are_halves(self, numbers: Tensor) -> bool:
  sizes = torch.abs(numbers)
  small = torch.logical_and(torch.lt(sizes, 6.103515625e-05), torch.ne(sizes, 0))
  return not bool(torch.any(torch.logical_or(small, torch.gt(sizes, 65504.0))))

# Scales of blocks of the flattened weight, [blocks], by rows: [rows, blocks of a row], or [rows, 1]
# where a block has several rows.
def of_rows(self, scales: Tensor, rows: int, rows_of_block: int) -> Tensor:
  repeated = torch.repeat_interleave(scales, rows_of_block, 0)
  if rows_of_block > 1:
    repeated = repeated[:rows]
  return torch.reshape(repeated, [rows, -1])

# What sparse values differ by from scale * (code - zero) in their places.
def addends(self, codes: Tensor, scales: Tensor, zeros: Tensor, group: int, offsets: Tensor, columns: Tensor, values: Tensor) -> Tensor:
  counts = offsets[1:] - offsets[:-1]
  each = torch.arange(torch.numel(counts), dtype=4, device=offsets.device)
  rows = torch.repeat_interleave(each, torch.to(counts, 4))
  places = torch.to(columns, 4)
  code = torch.index_select(torch.reshape(codes, [-1]), 0, rows * codes.size(1) + places)
  groups = rows * scales.size(1) + torch.floor_divide(places, group)
  scale = torch.index_select(torch.reshape(torch.to(scales, 6), [-1]), 0, groups)
  zero = torch.index_select(torch.reshape(torch.to(zeros, 6), [-1]), 0, groups)
  return torch.to(values, 6) - (torch.to(code, 6) - zero) * scale
