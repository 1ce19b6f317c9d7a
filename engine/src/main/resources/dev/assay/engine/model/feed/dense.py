def feed(self, y: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], limits: List[int], seen: List[Tensor], tap: bool) -> Tensor:
  at = base + 18 + 15 * dims[8]
  f = form + 7 * dims[8]
  g = self.inner(y, ws, at, forms, f, limits)
  if torch.numel(ws[base + 16]) > 0:
    g = g / ws[base + 16]
  if tap:
    torch.append(seen, y)
    torch.append(seen, g)
  return self.project(g, ws, at + 15, forms, f + 7, limits)
