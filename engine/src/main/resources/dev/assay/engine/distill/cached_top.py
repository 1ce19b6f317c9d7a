# The same from what was kept of a teacher: its most probable tokens, under this temperature.
class CachedTop(Module):
  tail : bool
  beta : float
  temperature : float
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    places = __torch__.chosen.places(batch.chosen(self.attended))
    ids = torch.index_select(torch.reshape(teacher.top_ids, [-1, teacher.top_ids.size(-1)]), 0, places)
    logs = __torch__.logs.probabilities(__torch__.chosen.rows(student.logits, places), self.temperature)
    q = torch.gather(logs, -1, ids)
    p = torch.detach(__torch__.chosen.rows(teacher.top_logs, places))
    kept = torch.ones_like(ids, dtype=11)
    if self.tail:
      rest = __torch__.chosen.rows(torch.unsqueeze(torch.detach(teacher.top_tail), -1), places)
      q = torch.cat([q, __torch__.top.tail(q, kept)], 1)
      p = torch.cat([p, rest], 1)
    else:
      q = __torch__.top.whole(q, kept)
      p = __torch__.top.whole(p, kept)
    total = torch.sum(__torch__.jsd.entries(q, p, self.beta))
    return __torch__.chosen.per(total, whole.tokens(self.attended))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
