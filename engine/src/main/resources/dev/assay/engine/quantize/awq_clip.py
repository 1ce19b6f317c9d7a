# AWQ's clip search (auto_clip.py of mit-han-lab/llm-awq).

# Bounds [rows, groups] for a weight of whole groups, a batch of rows at a time. x is [tokens, in].
def awq_clip_whole(self, w: Tensor, x: Tensor, group: int, max_code: int, steps: int, points: int, batch: int) -> Tensor:
  groups = torch.size(w, 1) // group
  inputs = torch.contiguous(torch.transpose(torch.reshape(x, [torch.size(x, 0), groups, group]), 0, 1))
  bounds = annotate(List[Tensor], [])
  for start in range(0, torch.size(w, 0), batch):
    part = w[start:start + batch]
    rows = torch.size(part, 0)
    part = torch.reshape(part, [rows, groups, group])
    greatest = torch.amax(torch.abs(part), [2])
    best = greatest
    least = torch.full_like(greatest, float("inf"))
    for i in range(steps):
      bound = torch.mul(greatest, 1. - i / points)
      limit = torch.unsqueeze(bound, 2)
      values = self.awq_values(torch.clamp(part, torch.neg(limit), limit), max_code)
      difference = torch.permute(torch.sub(values, part), [1, 2, 0])
      error = torch.t(torch.mean(torch.square(torch.bmm(inputs, difference)), [1]))
      better = torch.lt(error, least)
      least = torch.where(better, error, least)
      best = torch.where(better, bound, best)
    bounds.append(best)
  return torch.cat(bounds, 0)

def awq_clip_bounds(self, w: Tensor, x: Tensor, group: int, max_code: int, steps: int, points: int, batch: int) -> Tensor:
  columns = torch.size(w, 1)
  whole = columns // group * group
  bounds = annotate(List[Tensor], [])
  if whole > 0:
    bounds.append(self.awq_clip_whole(w[:, :whole], x[:, :whole], group, max_code, steps, points, batch))
  if whole < columns:
    bounds.append(self.awq_clip_whole(w[:, whole:], x[:, whole:], columns - whole, max_code, steps, points, batch))
  return torch.cat(bounds, 1)

# The weight with every group of every row held within its bound.
def awq_clip(self, w: Tensor, bounds: Tensor, group: int) -> Tensor:
  columns = torch.size(w, 1)
  index = torch.div(torch.arange(columns, device=w.device), group, rounding_mode="floor")
  limit = torch.index_select(bounds, 1, index)
  return torch.clamp(w, torch.neg(limit), limit)
