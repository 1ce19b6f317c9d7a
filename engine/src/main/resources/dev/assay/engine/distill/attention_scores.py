# Scores before the softmax, of layers. What a mask pushed down to -100 or less counts as 0. Heads are as
# many in both models.
class AttentionScores(Module):
  pairs : List[__torch__.state_pair.StatePair]
  # Whether the pairs' values are added up, not averaged.
  summed : bool
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    which = torch.unsqueeze(torch.unsqueeze(batch.chosen(self.attended), 1), 3)
    read = torch.unsqueeze(torch.unsqueeze(batch.chosen(True), 1), 2)
    gone = torch.logical_not(torch.logical_and(which, read))
    totals = annotate(List[Tensor], [])
    for i in range(len(self.pairs)):
      pair = self.pairs[i]
      off = self.scores(student.scores[pair.student], gone) - torch.detach(self.scores(teacher.scores[pair.teacher], gone))
      totals = torch.append(totals, torch.sum(off * off) / float(off.size(1)))
    total = torch.sum(torch.stack(totals))
    if not self.summed:
      total = total / float(len(self.pairs))
    return __torch__.chosen.per(total, whole.reads(self.attended))
  def scores(self, x: Tensor, gone: Tensor) -> Tensor:
    scores = torch.to(x, 6)
    return torch.masked_fill(scores, torch.logical_or(torch.le(scores, -100.), gone), 0.)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
