# BiLLM (bigptq.py, binary.py and utils/structure.py of Aaronhuang-778/BiLLM) on weights [out, in].

# Signs of x about its mean, times their mean magnitude, over the entries of a mask; once more of what
# is left for each further level. Returns the sum, and mean, magnitude and signs of each level.
def sign_levels(self, x: Tensor, mask: Tensor, levels: int) -> Tuple[Tensor, List[Tensor], List[Tensor], List[Tensor]]:
  there = torch.to(mask, 6)
  count = torch.clamp_min(torch.sum(there, [1], True), 1.)
  total = torch.zeros_like(x)
  means = annotate(List[Tensor], [])
  magnitudes = annotate(List[Tensor], [])
  signs = annotate(List[Tensor], [])
  for i in range(levels):
    rest = torch.mul(torch.sub(x, total), there)
    mean = torch.div(torch.sum(rest, [1], True), count)
    rest = torch.mul(torch.sub(rest, mean), there)
    magnitude = torch.div(torch.sum(torch.abs(rest), [1], True), count)
    positive = torch.ge(rest, 0.)
    value = torch.where(positive, torch.add(mean, magnitude), torch.sub(mean, magnitude))
    total = torch.add(total, torch.mul(value, there))
    means.append(mean)
    magnitudes.append(magnitude)
    signs.append(positive)
  return (total, means, magnitudes, signs)

def sign_values(self, x: Tensor, mask: Tensor, levels: int) -> Tensor:
  total, means, magnitudes, signs = self.sign_levels(x, mask, levels)
  return total

def mean_square(self, x: Tensor) -> float:
  return float(torch.mean(torch.square(x)))

# Which columns of a block's scores two levels of signs serve best: bool [columns].
def salient_columns(self, score: Tensor, most: int) -> Tensor:
  width = score.size(1)
  order = torch.argsort(torch.sum(torch.abs(score), [0]), dim=0, descending=True)
  best = torch.zeros([width], dtype=11, device=score.device)
  least = float("inf")
  for count in range(1, min(most, width - 1) + 1):
    salient = torch.zeros([width], dtype=11, device=score.device)
    torch.index_fill_(salient, 0, order[:count], 1)
    mask = torch.expand_as(salient, score)
    values = self.sign_values(score, mask, 2) + self.sign_values(score, torch.logical_not(mask), 2)
    error = self.mean_square(torch.sub(score, values))
    if error < least:
      least = error
      best = salient
  return best

# Quantiles at 0.10, 0.11, ... 0.90, between neighbours in proportion.
def candidates(self, magnitudes: Tensor) -> Tensor:
  ordered, places = torch.sort(torch.reshape(magnitudes, [-1]), stable=False, dim=0, descending=False)
  at = torch.arange(10, 91, dtype=7, device=ordered.device) / 100. * (torch.numel(ordered) - 1)
  below = torch.to(torch.floor(at), 4)
  above = torch.clamp_max(below + 1, torch.numel(ordered) - 1)
  low = torch.index_select(ordered, 0, below)
  high = torch.index_select(ordered, 0, above)
  return torch.to(torch.add(torch.to(low, 7), (at - below) * torch.to(high - low, 7)), 6)

# The magnitude from which on scores that are not salient are large.
def large_from(self, score: Tensor, salient: Tensor) -> Tensor:
  precise = torch.expand_as(salient, score)
  magnitudes = torch.masked_fill(torch.abs(score), precise, 0.)
  known = self.sign_values(score, precise, 2)
  bounds = self.candidates(magnitudes)
  best = bounds[0]
  least = float("inf")
  for i in range(torch.numel(bounds)):
    large = torch.logical_and(torch.ge(magnitudes, bounds[i]), torch.logical_not(precise))
    small = torch.logical_and(torch.lt(magnitudes, bounds[i]), torch.logical_not(precise))
    values = known + self.sign_values(score, small, 1) + self.sign_values(score, large, 1)
    error = self.mean_square(torch.sub(score, values))
    if error < least:
      least = error
      best = bounds[i]
  return best

# upper is empty where errors are not made up for, which takes scores by magnitude. Returns values
# [out, in], codes uint8 [out, in], salient uint8 [in], levels [out, blocks, 7] and the loss.
def billm_blocks(self, weight: Tensor, upper: Tensor, by_hessian: bool, feedback: bool, block: int, most: int) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
  columns = weight.size(1)
  w = torch.clone(weight)
  codes = torch.empty_like(w, dtype=0)
  salient = torch.zeros([columns], dtype=0, device=w.device)
  levels = annotate(List[Tensor], [])
  loss = torch.zeros([], dtype=7, device=w.device)
  for start in range(0, columns, block):
    end = min(start + block, columns)
    piece = torch.clone(w[:, start:end])
    score = piece
    if by_hessian:
      score = torch.div(torch.square(piece), torch.square(torch.diagonal(upper)[start:end]))
    chosen = self.salient_columns(score, most)
    bound = self.large_from(score, chosen)
    precise = torch.expand_as(chosen, score)
    large = torch.logical_and(torch.ge(torch.abs(score), bound), torch.logical_not(precise))
    small = torch.logical_and(torch.lt(torch.abs(score), bound), torch.logical_not(precise))
    a, small_mean, small_size, small_sign = self.sign_levels(piece, small, 1)
    b, large_mean, large_size, large_sign = self.sign_levels(piece, large, 1)
    c, means, sizes, signs = self.sign_levels(piece, precise, 2)
    value = a + b + c
    low = torch.where(precise, signs[0], torch.where(large, large_sign[0], small_sign[0]))
    high = torch.where(precise, signs[1], large)
    torch.copy_(codes[:, start:end], torch.to(low, 0) + torch.to(high, 0) * 2)
    torch.copy_(salient[start:end], torch.to(chosen, 0))
    levels.append(torch.cat([small_mean[0], small_size[0], large_mean[0], large_size[0], means[0] + means[1], sizes[0], sizes[1]], 1))
    torch.copy_(w[:, start:end], value)
    if feedback:
      error = torch.div(torch.sub(piece, value), torch.diagonal(upper)[start:end])
      loss = torch.add(loss, torch.sum(torch.square(error), dtype=7))
      torch.sub_(w[:, end:], torch.matmul(error, upper[start:end, end:]))
  return (w, codes, salient, torch.contiguous(torch.stack(levels, 1)), torch.div(loss, 2.))
