# Mean squares of a matrix by its rows and its columns alone. rates: factors of its own rate where that is
# relative, the rate otherwise. beta1: 0 for none. Vectors keep their mean squares whole: their columns are empty.
class Adafactor(Module):
  eps1 : float
  eps2 : float
  clip_threshold : float
  decay_rate : float
  beta1 : float
  scale_parameter : bool
  relative_step : bool
  warmup_init : bool
  rows : List[Tensor]
  columns : List[Tensor]
  means : List[Tensor]
  steps : List[Tensor]
  def update(self, parameters: List[Tensor], gradients: List[Optional[Tensor]], rates: List[float], decays: List[float]) -> NoneType:
    if len(self.steps) == 0:
      self.begin(parameters)
    for i in range(len(parameters)):
      gradient = gradients[i]
      if gradient is not None:
        self.move(i, parameters[i], gradient, rates[i], decays[i])
  def begin(self, parameters: List[Tensor]) -> NoneType:
    for p in parameters:
      like = torch.zeros_like(torch.detach(p))
      if p.dim() >= 2:
        self.rows = torch.append(self.rows, torch.sum(like, -1))
        self.columns = torch.append(self.columns, torch.sum(like, -2))
      else:
        self.rows = torch.append(self.rows, like)
        self.columns = torch.append(self.columns, torch.zeros([0], device=p.device))
      if self.beta1 > 0.:
        self.means = torch.append(self.means, torch.zeros_like(like))
      self.steps = torch.append(self.steps, torch.zeros([], dtype=4, device=p.device))
  def size(self, parameter: Tensor, step: int, rate: float) -> float:
    size = rate
    if self.relative_step:
      most = 0.01
      if self.warmup_init:
        most = 0.000001 * step
      size = rate * min(most, 1. / (step ** 0.5))
    if self.scale_parameter:
      size = size * max(self.eps2, self.rms(parameter))
    return size
  def rms(self, x: Tensor) -> float:
    return float(torch.sqrt(torch.mean(torch.square(x))))
  def move(self, i: int, parameter: Tensor, gradient: Tensor, rate: float, decay: float) -> NoneType:
    step = int(torch.add_(self.steps[i], 1))
    size = self.size(parameter, step, rate)
    share = float(step) ** self.decay_rate
    square = torch.square(gradient) + self.eps1
    if parameter.dim() >= 2:
      torch.lerp_(self.rows[i], torch.mean(square, [-1]), share)
      torch.lerp_(self.columns[i], torch.mean(square, [-2]), share)
      row = torch.rsqrt(self.rows[i] / torch.mean(self.rows[i], [-1], True))
      update = gradient * torch.unsqueeze(row, -1) * torch.unsqueeze(torch.rsqrt(self.columns[i]), -2)
    else:
      torch.lerp_(self.rows[i], square, share)
      update = gradient * torch.rsqrt(self.rows[i])
    update = update / max(1., self.rms(update) / self.clip_threshold) * size
    if self.beta1 > 0.:
      update = torch.add_(torch.mul_(self.means[i], self.beta1), update, alpha=1. - self.beta1)
    if decay > 0.:
      torch.mul_(parameter, 1. - decay * size)
    torch.sub_(parameter, update)
  def memory(self) -> List[Tensor]:
    return self.rows + self.columns + self.steps + self.means
  def remember(self, memory: List[Tensor]) -> NoneType:
    parts = 3
    if self.beta1 > 0.:
      parts = 4
    n = len(memory) // parts
    self.rows = memory[:n]
    self.columns = memory[n:2 * n]
    self.steps = memory[2 * n:3 * n]
    self.means = memory[3 * n:]
