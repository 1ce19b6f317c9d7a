# How the loss of a model depends on what goes into one of its parts. A method is given a list of tensors
# and is called with autograd. Those may come from calls without it: for a backward pass they are copied.

# A layer in front of the others.
class LayerGradient(Module):
  layer : __torch__.calibration.DifferentiableLayer
  weights : List[Tensor]
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.layer.load(tensors, "layer")
  # Whose gradients are wanted.
  def watch(self, weights: List[Tensor]) -> NoneType:
    self.weights = weights
  def forget(self) -> NoneType:
    self.weights = annotate(List[Tensor], [])
  # given: the input, and the gradient of the output, [1, tokens, hidden] each. -> the gradient of the input,
  # then those of the weights; 0 of a weight that no token reaches, as of an expert.
  def gradients(self, given: List[Tensor]) -> List[Tensor]:
    x = torch.requires_grad_(torch.clone(given[0]), True)
    y = self.layer.forward(x, torch.empty([0], device=x.device))
    sought = [x]
    for weight in self.weights:
      sought = torch.append(sought, weight)
    along = torch.sum(y * torch.clone(given[1]))
    found = torch.autograd.grad([along], sought, None, None, False, True)
    gradients = annotate(List[Tensor], [])
    for i in range(len(sought)):
      gradient = found[i]
      if gradient is None:
        gradients = torch.append(gradients, torch.zeros_like(torch.detach(sought[i])))
      else:
        gradients = torch.append(gradients, gradient)
    return gradients

# What stands behind the layers of a model that continues text, up to its loss: the mean of -log p of the
# tokens from the second on. rows: of logits that stand in memory at once.
class TokenLoss(Module):
  norm : __torch__.norm.Norm
  lm_head : __torch__.linear.Linear
  rows : int
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.norm.load(tensors, "norm")
    self.lm_head.load(tensors, "lm_head")
  # The loss alone, of the last layer's output, [1, tokens, hidden], and the tokens.
  def mean(self, output: Tensor, ids: Tensor) -> float:
    predicted = output.size(1) - 1
    sum = 0.0
    start = 0
    while start < predicted:
      n = min(self.rows, predicted - start)
      likely = self.likely(torch.narrow(output[0], 0, start, n), ids, start)
      sum = sum - float(torch.sum(likely, dtype=7))
      start = start + n
    return sum / predicted
  # log p of the tokens behind some rows, the first of which is that of a place in the sequence.
  def likely(self, x: Tensor, ids: Tensor, start: int) -> Tensor:
    z = torch.to(self.lm_head.forward(self.norm.forward(x)), 6)
    target = torch.reshape(torch.narrow(ids, 1, start + 1, x.size(0)), [-1, 1])
    return torch.gather(torch.log_softmax(z, -1), -1, target)
  # given: the last layer's output, [1, tokens, hidden], and the tokens, int64 [1, tokens]. -> the loss,
  # float64 [1], and its gradient in the output.
  def gradients(self, given: List[Tensor]) -> List[Tensor]:
    output = given[0]
    ids = torch.clone(given[1])
    predicted = output.size(1) - 1
    loss = torch.zeros([1], dtype=7, device=output.device)
    parts = annotate(List[Tensor], [])
    start = 0
    while start < predicted:
      n = min(self.rows, predicted - start)
      x = torch.requires_grad_(torch.clone(torch.narrow(output[0], 0, start, n)), True)
      likely = self.likely(x, ids, start)
      share = torch.neg(torch.sum(likely)) / predicted
      found = torch.autograd.grad([share], [x], None, None, False, False)
      gradient = found[0]
      if gradient is not None:
        parts = torch.append(parts, gradient)
      loss = loss - torch.sum(torch.to(torch.detach(likely), 7)) / predicted
      start = start + n
    # Nothing is predicted from the last token.
    parts = torch.append(parts, torch.zeros([1, output.size(2)], dtype=output.dtype, device=output.device))
    return [loss, torch.unsqueeze(torch.cat(parts, 0), 0)]
