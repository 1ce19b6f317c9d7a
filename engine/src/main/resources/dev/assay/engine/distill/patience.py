# One state a sequence from each of some layers, of a length of 1 or as it is. Both models are of one
# width.
class Patience(Module):
  pairs : List[__torch__.state_pair.StatePair]
  pooling : int
  normalised : bool
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    which = batch.chosen(self.attended)
    totals = annotate(List[Tensor], [])
    for i in range(len(self.pairs)):
      pair = self.pairs[i]
      its = __torch__.pooling.pooled(student.states[pair.student], which, self.pooling)
      target = torch.detach(__torch__.pooling.pooled(teacher.states[pair.teacher], which, self.pooling))
      if self.normalised:
        its = __torch__.pooling.unit(its)
        target = __torch__.pooling.unit(target)
      off = its - target
      totals = torch.append(totals, torch.sum(off * off) / float(its.size(1)))
    return __torch__.chosen.per(torch.mean(torch.stack(totals)), whole.examples)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
