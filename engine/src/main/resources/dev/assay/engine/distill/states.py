# States token by token. Those of the teacher may go through filters that stay as they are.
class States(Module):
  pairs : List[__torch__.state_pair.StatePair]
  filters : List[__torch__.filter.Filter]
  targets : List[__torch__.filter.Filter]
  distance : __torch__.state_distance.StateDistance
  # Whether the pairs' values are added up, not averaged.
  summed : bool
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    places = __torch__.chosen.places(batch.chosen(self.attended))
    totals = annotate(List[Tensor], [])
    for i in range(len(self.pairs)):
      pair = self.pairs[i]
      its = __torch__.chosen.rows(student.states[pair.student], places)
      target = __torch__.chosen.rows(torch.detach(teacher.states[pair.teacher]), places)
      filter = self.filters[pair.filter]
      fixed = self.targets[pair.filter]
      totals = torch.append(totals, torch.sum(self.distance.of(filter.forward(its), torch.detach(fixed.forward(target)))))
    total = torch.sum(torch.stack(totals))
    if not self.summed:
      total = total / float(len(self.pairs))
    return __torch__.chosen.per(total, whole.tokens(self.attended))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    for i in range(len(self.filters)):
      filter = self.filters[i]
      filter.load(tensors, name + ".filters." + str(i))
    for i in range(len(self.targets)):
      target = self.targets[i]
      target.load(tensors, name + ".targets." + str(i))
