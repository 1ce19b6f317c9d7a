# Running sums over samples of gradients, [out, in].

def add(self, sum: Tensor, gradient: Tensor) -> NoneType:
  torch.add_(sum, gradient)

def add_squares(self, sum: Tensor, gradient: Tensor) -> NoneType:
  torch.addcmul_(sum, gradient, gradient)
