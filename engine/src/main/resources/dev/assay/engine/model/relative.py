def relative_bias(self, table: Tensor, position: int, tokens: int, buckets: int, max_distance: int, causal: bool) -> Tensor:
  end = position + tokens
  key = torch.unsqueeze(torch.arange(end, dtype=4), 0)
  query = torch.unsqueeze(torch.arange(position, end, dtype=4), 1)
  ahead = key - query
  first = torch.zeros_like(ahead)
  count = buckets
  distance = torch.clamp_min(torch.neg(ahead), 0)
  if not causal:
    count = buckets // 2
    first = torch.to(torch.gt(ahead, 0), 4) * count
    distance = torch.abs(ahead)
  exact = count // 2
  stretch = torch.log(torch.to(torch.clamp_min(distance, 1), 6) / exact) / torch.log(torch.full([1], max_distance / exact, dtype=6))
  far = torch.clamp_max(exact + torch.to(stretch * (count - exact), 4), count - 1)
  bucket = first + torch.where(torch.lt(distance, exact), distance, far)
  bias = torch.unsqueeze(torch.permute(torch.embedding(table, bucket), [2, 0, 1]), 0)
  if causal:
    bias = torch.masked_fill(bias, torch.gt(ahead, 0), -float("inf"))
  return torch.contiguous(bias)
