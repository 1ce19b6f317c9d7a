# The student's distribution against that of teachers, under a temperature. combine: 0 of the mean of
# their logits, 1 of that of their probabilities, 2 one by one. weights: [teachers], of a sum of 1.
class SoftTargets(Module):
  divergence : __torch__.divergence.Divergence
  temperature : float
  scaled : bool
  attended : bool
  reduction : int
  combine : int
  weights : Tensor
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    places = __torch__.chosen.places(batch.chosen(self.attended))
    logits = student.logits
    logs = __torch__.logs.probabilities(__torch__.chosen.rows(logits, places), self.temperature)
    total = __torch__.chosen.nothing(logits)
    if self.combine == 2:
      for i in range(len(teachers)):
        teacher = teachers[i]
        target = __torch__.chosen.rows(torch.detach(teacher.logits), places)
        target = __torch__.logs.probabilities(target, self.temperature)
        total = total + torch.sum(self.divergence.of(logs, target)) * self.weights[i]
    else:
      total = torch.sum(self.divergence.of(logs, self.target(teachers, places)))
    if self.scaled:
      total = total * (self.temperature * self.temperature)
    return __torch__.chosen.reduced(total, self.reduction, logits.size(-1), self.attended, whole)
  def target(self, teachers: List[__torch__.outputs.Outputs], places: Tensor) -> Tensor:
    if self.combine == 0:
      logits = __torch__.soft_targets.mean(teachers, self.weights, places)
      return __torch__.logs.probabilities(logits, self.temperature)
    logs = annotate(List[Tensor], [])
    for i in range(len(teachers)):
      teacher = teachers[i]
      logits = __torch__.chosen.rows(torch.detach(teacher.logits), places)
      log = __torch__.logs.probabilities(logits, self.temperature)
      logs = torch.append(logs, log + torch.log(self.weights[i]))
    return torch.logsumexp(torch.stack(logs), [0])
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weights = tensors[name + ".weights"]

# Logits of all teachers together.
def mean(teachers: List[__torch__.outputs.Outputs], weights: Tensor, places: Tensor) -> Tensor:
  teacher = teachers[0]
  mean = __torch__.chosen.rows(torch.detach(teacher.logits), places) * weights[0]
  for i in range(1, len(teachers)):
    teacher = teachers[i]
    mean = mean + __torch__.chosen.rows(torch.detach(teacher.logits), places) * weights[i]
  return mean
