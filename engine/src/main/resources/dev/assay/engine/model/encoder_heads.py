# ws of the head that fills gaps: dense weight and bias, norm weight and bias, bias of the output.
def transform(self, x: Tensor, ws: List[Tensor], eps: float) -> Tensor:
  y = self.activate(torch.linear(x, ws[0], ws[1]))
  return torch.layer_norm(y, [y.size(-1)], ws[2], ws[3], eps)

def fill(self, z: Tensor, ws: List[Tensor]) -> Tensor:
  return z + ws[4]

# ws of the head that classifies: weight and bias of the pooler and of the classes.
def pool(self, x: Tensor, ws: List[Tensor]) -> Tensor:
  return torch.tanh(torch.linear(x[:, 0], ws[0], ws[1]))

def classify(self, x: Tensor, ws: List[Tensor]) -> Tensor:
  return torch.linear(self.pool(x, ws), ws[2], ws[3])
