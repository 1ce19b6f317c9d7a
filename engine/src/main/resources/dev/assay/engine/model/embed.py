# ws of a model: embedding, final norm's weight and bias, the head's five tensors, positions,
# embedding norm's weight and bias, projections into and out of the residual stream, token types,
# relative positions; absent ones empty.
# types: segments of the tokens; all of the first if empty.
def embed(self, ids: Tensor, types: Tensor, position: int, ws: List[Tensor], dims: List[int], nums: List[float], dtype: int) -> Tensor:
  x = torch.to(torch.embedding(ws[0], ids), dtype)
  if nums[4] != 1.0:
    x = x * torch.to(torch.full([1], nums[4], dtype=6), dtype)
  if torch.numel(ws[11]) > 0:
    x = torch.linear(x, torch.to(ws[11], dtype))
  if torch.numel(ws[8]) > 0:
    x = x + torch.to(torch.narrow(ws[8], 0, position + dims[9], ids.size(1)), dtype)
  if torch.numel(ws[13]) > 0:
    if torch.numel(types) > 0:
      x = x + torch.to(torch.embedding(ws[13], types), dtype)
    else:
      x = x + torch.to(ws[13][0], dtype)
  if torch.numel(ws[9]) > 0:
    x = torch.layer_norm(x, [x.size(-1)], torch.to(ws[9], dtype), torch.to(ws[10], dtype), nums[0])
  return x
