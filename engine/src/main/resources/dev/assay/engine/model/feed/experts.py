# Each token goes through the experts that the router likes best, weighted by their shares.
def feed(self, y: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], limits: List[int], seen: List[Tensor], tap: bool) -> Tensor:
  flat = torch.reshape(y, [-1, y.size(-1)])
  shares = torch.softmax(torch.to(torch.linear(flat, ws[base + 12]), 6), -1)
  top, chosen = torch.topk(shares, dims[7], -1)
  top = torch.to(top / torch.sum(top, [-1], True), y.dtype)
  out = torch.zeros_like(flat)
  for e in range(dims[6]):
    at = base + 18 + 15 * (dims[8] + 2 * e)
    f = form + 7 * (dims[8] + 2 * e)
    hit = torch.eq(chosen, e)
    rows = torch.squeeze(torch.nonzero(torch.any(hit, -1)), 1)
    if tap or rows.size(0) > 0:
      x = torch.index_select(flat, 0, rows)
      g = self.inner(x, ws, at, forms, f, limits)
      if tap:
        torch.append(seen, x)
        torch.append(seen, g)
      share = torch.sum(torch.index_select(top * torch.to(hit, y.dtype), 0, rows), [-1], True)
      torch.index_add_(out, 0, rows, self.project(g, ws, at + 15, forms, f + 7, limits) * share)
  return torch.reshape(out, y.shape)
