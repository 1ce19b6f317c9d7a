# What is to be lowered: the sum of the terms of a loss, [terms], of a batch.
class Objective(ModuleInterface):
  def terms(self, batch: List[Tensor]) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# bounds: float64 [parameters, 2], least and greatest values.
class Training(Module):
  objective : __torch__.train.Objective
  optimizer : __torch__.optimizer.Optimizer
  parameters : List[Tensor]
  best : List[Tensor]
  bounds : Tensor
  keeps_best : bool
  least : float
  count : int
  best_step : int
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.objective.load(tensors, "objective")
  def watch(self, parameters: List[Tensor], bounds: Tensor) -> NoneType:
    self.parameters = parameters
    self.bounds = torch.clone(bounds)
  # rates: float64 [parameters, 2], the rate and the decay of each.
  def step(self, batch: List[Tensor], rates: Tensor) -> Tensor:
    torch.set_grad_enabled(False)
    self.hold()
    torch.set_grad_enabled(True)
    terms = self.objective.terms(self.own(batch))
    gradients = torch.autograd.grad([torch.sum(terms)], self.parameters, None, None, False, True)
    torch.set_grad_enabled(False)
    terms = torch.to(torch.detach(terms), 7)
    loss = float(torch.sum(terms))
    if self.keeps_best and loss < self.least:
      self.least = loss
      self.best_step = self.count
      self.best = [torch.clone(torch.detach(p)) for p in self.parameters]
    self.count = self.count + 1
    own = [float(rates[i][0]) for i in range(len(self.parameters))]
    decays = [float(rates[i][1]) for i in range(len(self.parameters))]
    self.optimizer.update(self.parameters, gradients, own, decays)
    torch.set_grad_enabled(True)
    return terms
  # What comes from calls without autograd cannot be saved for a backward pass; copies can.
  def own(self, batch: List[Tensor]) -> List[Tensor]:
    return [torch.clone(x) for x in batch]
  def hold(self) -> NoneType:
    for i in range(len(self.parameters)):
      least = float(self.bounds[i][0])
      greatest = float(self.bounds[i][1])
      if least > -float("inf") or greatest < float("inf"):
        torch.clamp_(self.parameters[i], least, greatest)
  def gradients(self, batch: List[Tensor]) -> List[Tensor]:
    terms = self.objective.terms(self.own(batch))
    found = torch.autograd.grad([torch.sum(terms)], self.parameters, None, None, False, True)
    gradients = annotate(List[Tensor], [])
    for i in range(len(self.parameters)):
      gradient = found[i]
      if gradient is None:
        gradients = torch.append(gradients, torch.zeros_like(torch.detach(self.parameters[i])))
      else:
        gradients = torch.append(gradients, gradient)
    return gradients
  def losses(self, batch: List[Tensor]) -> Tensor:
    return torch.to(self.objective.terms(batch), 7)
  def best_of(self) -> int:
    return self.best_step
  def restore(self) -> NoneType:
    for i in range(len(self.best)):
      torch.copy_(self.parameters[i], self.best[i])
  def put(self, parameter: Tensor, values: Tensor) -> NoneType:
    torch.copy_(parameter, values)
