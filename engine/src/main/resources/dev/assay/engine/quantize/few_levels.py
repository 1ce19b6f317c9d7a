# Weights of two and three values. Codes are uint8 [rows, columns]; value = scale * (code - zero).

# Signs times the mean magnitude of each group of columns; the last group may be shorter.
def binary(self, w: Tensor, size: int) -> Tuple[Tensor, Tensor]:
  rows = w.size(0)
  columns = w.size(1)
  groups = (columns + size - 1) // size
  sums = torch.constant_pad_nd(torch.abs(w), [0, groups * size - columns], 0)
  counts = torch.full([groups], float(size), device=w.device)
  counts[groups - 1:] = float(columns - (groups - 1) * size)
  means = torch.sum(torch.reshape(sums, [rows, groups, size]), [2]) / counts
  return (torch.to(torch.ge(w, 0), 0), means * 2.0)

# Codes 0, 1 and 2 around 1, and the magnitude of each row.
def absmean(self, w: Tensor, whole: bool) -> Tuple[Tensor, Tensor]:
  means = self.means(torch.abs(w), whole)
  inverse = torch.reciprocal(torch.clamp_min(means, 1e-5))
  codes = torch.clamp(torch.round(w * inverse), -1, 1) + 1.0
  return (torch.to(codes, 0), torch.reciprocal(inverse))

def threshold(self, w: Tensor, whole: bool) -> Tuple[Tensor, Tensor]:
  size = torch.abs(w)
  kept = torch.gt(size, 0.7 * self.means(size, whole))
  codes = torch.sign(w) * torch.to(kept, 6) + 1.0
  if whole:
    total = torch.sum(size * torch.to(kept, 6)) / torch.clamp_min(torch.sum(torch.to(kept, 6)), 1.0)
    return (torch.to(codes, 0), torch.ones_like(size[:, 0:1]) * total)
  totals = torch.sum(size * torch.to(kept, 6), [1], True)
  return (torch.to(codes, 0), totals / torch.clamp_min(torch.sum(torch.to(kept, 6), [1], True), 1.0))

# Mean of each row, or of all of it for each row; [rows, 1].
def means(self, x: Tensor, whole: bool) -> Tensor:
  means = torch.mean(x, [1], True)
  if whole:
    means = torch.ones_like(means) * torch.mean(x)
  return means

# Without the mean of each row, within 1.
def centred(self, w: Tensor) -> Tensor:
  return torch.clamp(w - torch.mean(w, [1], True), -1, 1)
