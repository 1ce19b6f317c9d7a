# Where in a sequence a state is large: mean squares over its channels, of a length of 1 over the tokens.
class AttentionMap(Module):
  pairs : List[__torch__.state_pair.StatePair]
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    which = batch.chosen(self.attended)
    totals = annotate(List[Tensor], [])
    for i in range(len(self.pairs)):
      pair = self.pairs[i]
      off = self.map(student.states[pair.student], which) - torch.detach(self.map(teacher.states[pair.teacher], which))
      totals = torch.append(totals, torch.sum(off * off))
    return __torch__.chosen.per(torch.mean(torch.stack(totals)), whole.tokens(self.attended))
  def map(self, x: Tensor, which: Tensor) -> Tensor:
    states = __torch__.chosen.zeroed(x, which)
    return __torch__.pooling.unit(torch.mean(states * states, [-1]))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
