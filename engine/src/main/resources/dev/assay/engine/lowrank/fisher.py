# Adds the squares of a gradient, [out, in], to their sums by row and by column, float64.
def add_squares(self, gradient: Tensor, rows: Tensor, columns: Tensor) -> NoneType:
  squares = torch.square(torch.to(gradient, 7))
  torch.add_(rows, torch.sum(squares, [1]))
  torch.add_(columns, torch.sum(squares, [0]))
