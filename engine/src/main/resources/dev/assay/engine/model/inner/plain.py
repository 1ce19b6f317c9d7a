def inner(self, y: Tensor, ws: List[Tensor], at: int, forms: List[int], form: int, limits: List[int]) -> Tensor:
  return self.activate(self.project(y, ws, at, forms, form, limits))
