# What the loss would lose without a weight w [out, in], g and a the sums over n samples of its gradients
# and of their squares.

def first(self, w: Tensor, g: Tensor, a: Tensor, n: int) -> Tensor:
  return w * torch.div(g, n)

def vectorize(self, w: Tensor, g: Tensor, a: Tensor, n: int) -> Tensor:
  return self.first(w, g, a, n)

def second(self, w: Tensor, g: Tensor, a: Tensor, n: int) -> Tensor:
  return torch.square(w) * torch.div(a, n)

def mixed(self, w: Tensor, g: Tensor, a: Tensor, n: int) -> Tensor:
  return self.first(w, g, a, n) - self.second(w, g, a, n) * 0.5

# Of each row, or of each column; of its weights one by one or as a whole.
def along(self, saliency: Tensor, rows: bool, whole: bool) -> Tensor:
  axis = 1 if rows else 0
  if whole:
    return torch.abs(torch.sum(saliency, [axis]))
  return torch.sum(torch.abs(saliency), [axis])
