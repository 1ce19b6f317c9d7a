def inner(self, y: Tensor, ws: List[Tensor], at: int, forms: List[int], form: int, limits: List[int]) -> Tensor:
  both = self.project(y, ws, at, forms, form, limits)
  width = both.size(-1) // 2
  return self.activate(torch.narrow(both, -1, 0, width)) * torch.narrow(both, -1, width, width)
