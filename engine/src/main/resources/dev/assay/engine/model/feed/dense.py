def feed(self, y: Tensor, ws: List[Tensor], base: int, forms: List[int], form: int, dims: List[int], limits: List[int], seen: List[Tensor], tap: bool) -> Tensor:
  at = base + 16 + 15 * dims[8]
  f = form + 7 * dims[8]
  g = self.inner(y, ws, at, forms, f, limits)
  if tap:
    torch.append(seen, y)
    torch.append(seen, g)
  return self.project(g, ws, at + 15, forms, f + 7, limits)
