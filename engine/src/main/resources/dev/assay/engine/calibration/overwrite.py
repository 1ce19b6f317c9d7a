def overwrite(self, target: Tensor, source: Tensor):
  torch.copy_(target, source)

# What an encoder reads of a sample.
def first_half(self, ids: Tensor, start: int) -> Tensor:
  return torch.contiguous(torch.narrow(ids, 1, 0, ids.size(1) // 2))

# What the decoder reads of it: its second half, moved on by the token that it begins with.
def second_half(self, ids: Tensor, start: int) -> Tensor:
  half = ids.size(1) // 2
  rest = torch.narrow(ids, 1, half, ids.size(1) - half - 1)
  return torch.cat([torch.full([ids.size(0), 1], start, dtype=4, device=ids.device), rest], 1)
