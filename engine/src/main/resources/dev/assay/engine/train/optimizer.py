# Moves parameters against their gradients, outside of autograd. rates, decays: one a parameter. One without a
# gradient stays, as those of an expert do that a batch does not reach. What it remembers of each parameter it
# makes at the first update.
class Optimizer(ModuleInterface):
  def update(self, parameters: List[Tensor], gradients: List[Optional[Tensor]], rates: List[float], decays: List[float]) -> NoneType:
    pass
  # What it remembers; nothing before the first update.
  def memory(self) -> List[Tensor]:
    pass
  # Takes up what another of its kind remembered.
  def remember(self, memory: List[Tensor]) -> NoneType:
    pass

class Sgd(Module):
  momentum : float
  dampening : float
  nesterov : bool
  moves : List[Tensor]
  moved : List[Tensor]
  def update(self, parameters: List[Tensor], gradients: List[Optional[Tensor]], rates: List[float], decays: List[float]) -> NoneType:
    if self.momentum > 0. and len(self.moves) == 0:
      self.moves = [torch.zeros_like(torch.detach(p)) for p in parameters]
      self.moved = [torch.zeros([], dtype=4, device=p.device) for p in parameters]
    for i in range(len(parameters)):
      gradient = gradients[i]
      if gradient is not None:
        move = gradient
        if decays[i] > 0.:
          move = torch.add(move, parameters[i], alpha=decays[i])
        if self.momentum > 0.:
          move = self.gone_on(i, move)
        torch.sub_(parameters[i], move, alpha=rates[i])
  def gone_on(self, i: int, move: Tensor) -> Tensor:
    share = 1. - self.dampening
    if int(torch.add_(self.moved[i], 1)) == 1:
      # The first move is not dampened.
      share = 1.
    last = torch.add_(torch.mul_(self.moves[i], self.momentum), move, alpha=share)
    if self.nesterov:
      return torch.add(move, last, alpha=self.momentum)
    return last
  def memory(self) -> List[Tensor]:
    return self.moves + self.moved
  def remember(self, memory: List[Tensor]) -> NoneType:
    half = len(memory) // 2
    self.moves = memory[:half]
    self.moved = memory[half:]

class SignSgd(Module):
  def update(self, parameters: List[Tensor], gradients: List[Optional[Tensor]], rates: List[float], decays: List[float]) -> NoneType:
    for i in range(len(parameters)):
      gradient = gradients[i]
      if gradient is not None:
        torch.sub_(parameters[i], torch.sign(gradient), alpha=rates[i])
  def memory(self) -> List[Tensor]:
    return annotate(List[Tensor], [])
  def remember(self, memory: List[Tensor]) -> NoneType:
    pass

# The sign of what is remembered and the gradient, mixed; decay passes the memory by.
class Lion(Module):
  beta1 : float
  beta2 : float
  means : List[Tensor]
  def update(self, parameters: List[Tensor], gradients: List[Optional[Tensor]], rates: List[float], decays: List[float]) -> NoneType:
    if len(self.means) == 0:
      self.means = [torch.zeros_like(torch.detach(p)) for p in parameters]
    for i in range(len(parameters)):
      gradient = gradients[i]
      if gradient is not None:
        if decays[i] > 0.:
          torch.mul_(parameters[i], 1. - rates[i] * decays[i])
        mixed = torch.add(torch.mul(self.means[i], self.beta1), gradient, alpha=1. - self.beta1)
        torch.sub_(parameters[i], torch.sign_(mixed), alpha=rates[i])
        torch.add_(torch.mul_(self.means[i], self.beta2), gradient, alpha=1. - self.beta2)
  def memory(self) -> List[Tensor]:
    return self.means
  def remember(self, memory: List[Tensor]) -> NoneType:
    self.means = memory

# decoupled: decay passes the moments by, as in AdamW. steps: float32, one a parameter. libtorch's kernel moves
# all parameters of one rate and decay at once.
class Adam(Module):
  beta1 : float
  beta2 : float
  eps : float
  decoupled : bool
  means : List[Tensor]
  squares : List[Tensor]
  steps : List[Tensor]
  moved : List[Tensor]
  counted : List[Tensor]
  def update(self, parameters: List[Tensor], gradients: List[Optional[Tensor]], rates: List[float], decays: List[float]) -> NoneType:
    if len(self.means) == 0:
      self.means = [torch.zeros_like(torch.detach(p)) for p in parameters]
      self.squares = [torch.zeros_like(torch.detach(p)) for p in parameters]
      self.steps = [torch.zeros([], dtype=6, device=p.device) for p in parameters]
    done = [False for p in parameters]
    for first in range(len(parameters)):
      if not done[first]:
        alike = annotate(List[int], [])
        for i in range(first, len(parameters)):
          if rates[i] == rates[first] and decays[i] == decays[first]:
            done[i] = True
            gradient = gradients[i]
            if gradient is not None:
              alike = torch.append(alike, i)
        if len(alike) > 0:
          self.move(alike, parameters, gradients, rates[first], decays[first])
  def move(self, which: List[int], parameters: List[Tensor], all: List[Optional[Tensor]], rate: float, decay: float) -> NoneType:
    moved = [parameters[i] for i in which]
    gradients = annotate(List[Tensor], [])
    for i in which:
      gradient = all[i]
      if gradient is not None:
        gradients = torch.append(gradients, gradient)
    means = [self.means[i] for i in which]
    squares = [self.squares[i] for i in which]
    steps = [self.steps[i] for i in which]
    # What is written to lists that nothing else holds is taken for dead, and left out.
    self.moved = moved
    self.counted = steps
    torch._foreach_add_(steps, 1)
    if self.decoupled:
      torch._fused_adamw_(moved, gradients, means, squares, annotate(List[Tensor], []), steps, lr=rate, beta1=self.beta1, beta2=self.beta2, weight_decay=decay, eps=self.eps, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
    else:
      torch._fused_adam_(moved, gradients, means, squares, annotate(List[Tensor], []), steps, lr=rate, beta1=self.beta1, beta2=self.beta2, weight_decay=decay, eps=self.eps, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
    self.moved = annotate(List[Tensor], [])
    self.counted = annotate(List[Tensor], [])
  def memory(self) -> List[Tensor]:
    return self.means + self.squares + self.steps
  def remember(self, memory: List[Tensor]) -> NoneType:
    third = len(memory) // 3
    self.means = memory[:third]
    self.squares = memory[third:2 * third]
    self.steps = memory[2 * third:]
