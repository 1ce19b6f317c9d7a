# Parameters that move against gradients which are given.
class Moved(Module):
  optimizer : __torch__.optimizer.Optimizer
  parameters : List[Tensor]
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    pass
  def watch(self, parameters: List[Tensor]) -> NoneType:
    self.parameters = parameters
  # most: of the norm, to which gradients are scaled down. -> the norm before.
  def step(self, given: List[Tensor], rates: Tensor, most: Tensor) -> Tensor:
    torch.set_grad_enabled(False)
    norm = __torch__.clipping.norm(given)
    share = __torch__.clipping.factor(norm, float(most))
    gradients = annotate(List[Optional[Tensor]], [])
    for gradient in given:
      gradients = torch.append(gradients, gradient * share)
    own = [float(rates[i][0]) for i in range(len(given))]
    decays = [float(rates[i][1]) for i in range(len(given))]
    self.optimizer.update(self.parameters, gradients, own, decays)
    return torch.tensor([norm, share], dtype=7, device=rates.device)
  def memory(self) -> List[Tensor]:
    return self.optimizer.memory()
