# Moves parameters against their gradients, outside of autograd. rates: one a parameter. One without a
# gradient stays, as those of an expert do that a batch does not reach.
class Optimizer(ModuleInterface):
  def update(self, parameters: List[Tensor], gradients: List[Optional[Tensor]], rates: List[float]) -> NoneType:
    pass

class Sgd(Module):
  momentum : float
  weight_decay : float
  moves : List[Tensor]
  def update(self, parameters: List[Tensor], gradients: List[Optional[Tensor]], rates: List[float]) -> NoneType:
    if self.momentum > 0. and len(self.moves) == 0:
      self.moves = [torch.zeros_like(torch.detach(p)) for p in parameters]
    for i in range(len(parameters)):
      gradient = gradients[i]
      if gradient is not None:
        move = gradient
        if self.weight_decay > 0.:
          move = torch.add(move, parameters[i], alpha=self.weight_decay)
        if self.momentum > 0.:
          move = torch.add_(torch.mul_(self.moves[i], self.momentum), move)
        torch.sub_(parameters[i], move, alpha=rates[i])

class SignSgd(Module):
  def update(self, parameters: List[Tensor], gradients: List[Optional[Tensor]], rates: List[float]) -> NoneType:
    for i in range(len(parameters)):
      gradient = gradients[i]
      if gradient is not None:
        torch.sub_(parameters[i], torch.sign(gradient), alpha=rates[i])

# decoupled: decay passes the moments by, as in AdamW. steps: float64, one a parameter.
class Adam(Module):
  beta1 : float
  beta2 : float
  eps : float
  weight_decay : float
  decoupled : bool
  means : List[Tensor]
  squares : List[Tensor]
  steps : List[Tensor]
  def update(self, parameters: List[Tensor], gradients: List[Optional[Tensor]], rates: List[float]) -> NoneType:
    if len(self.means) == 0:
      self.means = [torch.zeros_like(torch.detach(p)) for p in parameters]
      self.squares = [torch.zeros_like(torch.detach(p)) for p in parameters]
      self.steps = [torch.zeros([], dtype=7, device=p.device) for p in parameters]
    for i in range(len(parameters)):
      gradient = gradients[i]
      if gradient is not None:
        self.move(i, parameters[i], gradient, rates[i])
  def move(self, i: int, parameter: Tensor, gradient: Tensor, rate: float) -> NoneType:
    step = float(torch.add_(self.steps[i], 1))
    if self.weight_decay > 0.:
      if self.decoupled:
        torch.mul_(parameter, 1. - rate * self.weight_decay)
      else:
        gradient = torch.add(gradient, parameter, alpha=self.weight_decay)
    torch.lerp_(self.means[i], gradient, 1. - self.beta1)
    torch.addcmul_(torch.mul_(self.squares[i], self.beta2), gradient, gradient, value=1. - self.beta2)
    root = torch.div(torch.sqrt(self.squares[i]), (1. - self.beta2 ** step) ** 0.5)
    size = rate / (1. - self.beta1 ** step)
    torch.addcdiv_(parameter, self.means[i], torch.add_(root, self.eps), value=-size)
