# Sums are taken in float64. Large intermediates are overwritten and dropped as early as can be, as
# they are as large as the layer.

def difference(self, stored: Tensor, original: Tensor) -> Tensor:
  return torch.sub_(torch.to(stored, 7), original)

def squares(self, x: Tensor) -> Tensor:
  return torch.sum(torch.square_(torch.to(x, 7)))

def weight_error(self, original: Tensor, stored: Tensor) -> float:
  done = torch.sum(torch.square_(self.difference(stored, original)))
  return float(done / torch.clamp_min(self.squares(original), 1e-300))

# The trace of x H transpose(x), a block of H's columns at a time.
def hessian_norm(self, x: Tensor, hessian: Tensor) -> Tensor:
  block = 2048
  total = torch.zeros([], dtype=7, device=x.device)
  for start in range(0, torch.size(hessian, 1), block):
    part = torch.matmul(x, torch.to(hessian[:, start:start + block], 7))
    total = torch.add(total, torch.sum(torch.mul_(part, x[:, start:start + block])))
  return total

def output_error(self, original: Tensor, stored: Tensor, hessian: Tensor) -> float:
  done = self.hessian_norm(self.difference(stored, original), hessian)
  whole = self.hessian_norm(torch.to(original, 7), hessian)
  return float(done / torch.clamp_min(whole, 1e-300))

# Rows and columns that are left of a matrix, in their places among zeros.
def in_place(self, whole: Tensor, left: Tensor, rows: List[int], columns: List[int]) -> Tensor:
  index = torch.tensor(columns, dtype=4, device=whole.device)
  wide = torch.zeros([len(rows), torch.size(whole, 1)], dtype=6, device=whole.device)
  wide = torch.index_copy(wide, 1, index, left)
  placed = torch.zeros(torch.size(whole), dtype=6, device=whole.device)
  return torch.index_copy(placed, 0, torch.tensor(rows, dtype=4, device=whole.device), wide)

def zeros_share(self, stored: Tensor) -> float:
  return float(torch.mean(torch.to(torch.eq(stored, 0), 7)))

# The greatest share by which a scale changes in float16; infinite where one is too large for it.
def scale_rounding(self, scales: Tensor) -> float:
  return float(torch.max(self.scale_change(scales)))

def scale_change(self, scales: Tensor) -> Tensor:
  stored = torch.to(torch.to(scales, 5), 6)
  change = torch.abs(torch.div(stored, scales) - 1)
  return torch.where(torch.eq(stored, scales), torch.zeros_like(change), change)

# The greatest number of steps of its group by which a value moves with scales in float16.
def steps_moved(self, codes: Tensor, scales: Tensor, zeros: Tensor, group_index: Tensor) -> float:
  index = torch.to(group_index, 4)
  change = torch.index_select(self.scale_change(scales), 1, index)
  steps = torch.abs(torch.to(codes, 6) - torch.index_select(zeros, 1, index))
  return float(torch.max(torch.where(steps > 0, change * steps, steps)))

def greatest(self, x: Tensor) -> float:
  return float(torch.max(torch.abs(x)))
