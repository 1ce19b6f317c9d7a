# The task by what filters let through, each with a head of its own.
class FilterTask(Module):
  pairs : List[__torch__.state_pair.StatePair]
  filters : List[__torch__.filter.Filter]
  heads : List[__torch__.filter.Filter]
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    places = __torch__.chosen.places(batch.chosen(False))
    labels = torch.index_select(torch.reshape(batch.labels, [-1]), 0, places)
    totals = annotate(List[Tensor], [])
    for i in range(len(self.pairs)):
      pair = self.pairs[i]
      filter = self.filters[pair.filter]
      head = self.heads[pair.filter]
      logits = head.forward(filter.forward(__torch__.chosen.rows(student.states[pair.student], places)))
      totals = torch.append(totals, __torch__.cross_entropy.summed(logits, labels, 0.))
    return __torch__.chosen.per(torch.mean(torch.stack(totals)), whole.scored)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    for i in range(len(self.filters)):
      filter = self.filters[i]
      filter.load(tensors, name + ".filters." + str(i))
    for i in range(len(self.heads)):
      head = self.heads[i]
      head.load(tensors, name + ".heads." + str(i))
