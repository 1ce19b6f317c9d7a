# The same from what was kept of a teacher.
class CachedTop(Module):
  rows : __torch__.row_loss.RowLoss
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    kept = [teacher.top_ids, teacher.top_logs, torch.unsqueeze(teacher.top_tail, -1)]
    nobody = __torch__.row_sums.nobody(batch.labels)
    total = __torch__.row_sums.of(self.rows, student.logits, kept, nobody, batch.labels, batch.chosen(self.attended))
    return __torch__.chosen.per(total, whole.tokens(self.attended))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# teachers: ids of its most probable tokens, their log-probabilities under this temperature, [rows, k], and the log of what
# the others have, [rows, 1].
class CachedRows(Module):
  tail : bool
  beta : float
  temperature : float
  def of(self, student: Tensor, teachers: List[Tensor], shares: Tensor, labels: Tensor) -> Tensor:
    ids = teachers[0]
    q = torch.gather(__torch__.logs.probabilities(student, self.temperature), -1, ids)
    p = torch.to(teachers[1], 6)
    kept = torch.ones_like(ids, dtype=11)
    if self.tail:
      q = torch.cat([q, __torch__.top.tail(q, kept)], 1)
      p = torch.cat([p, torch.to(teachers[2], 6)], 1)
    else:
      q = __torch__.top.whole(q, kept)
      p = __torch__.top.whole(p, kept)
    return torch.sum(__torch__.jsd.entries(q, p, self.beta))
