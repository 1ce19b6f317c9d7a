# Each key or value head once for every query head that it serves.
def spread(self, x: Tensor, times: int) -> Tensor:
  if times == 1:
    return x
  return torch.repeat_interleave(x, times, 1)

# [batch, heads, tokens, width] to [batch, tokens, heads * width].
def merge(self, o: Tensor) -> Tensor:
  return torch.reshape(torch.transpose(o, 1, 2), [o.size(0), o.size(2), o.size(1) * o.size(3)])

# Whether query i, at position + i, sees key j, [tokens, end]: none after it, and with a window of w
# only the last w up to its own.
def visible(self, t: int, end: int, position: int, window: int, like: Tensor) -> Tensor:
  seen = torch.tril(torch.ones([t, end], dtype=11, device=like.device), position)
  if window > 0:
    seen = torch.triu(seen, position - window + 1)
  return seen
