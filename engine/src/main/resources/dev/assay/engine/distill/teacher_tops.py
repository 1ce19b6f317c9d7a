# The most probable tokens of a teacher at what is scored, to be kept in place of its logits.
class TeacherTops(Module):
  teacher : __torch__.trained.Trained
  # First logits that count; 0 for all.
  vocabulary : int
  k : int
  temperature : float
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.teacher.load(tensors, "teacher")
  # given: ids, mask and labels of a batch first. -> their ids, int64 [scored, k], their log-probabilities under the
  # temperature, and the log of what the others have together, [scored].
  def tops(self, given: List[Tensor]) -> List[Tensor]:
    torch.set_grad_enabled(False)
    batch = __torch__.batch.Batch(given[0], given[1], given[2])
    logits = __torch__.trained.through(self.teacher, batch).logits
    if self.vocabulary > 0 and logits.size(-1) > self.vocabulary:
      logits = torch.narrow(logits, -1, 0, self.vocabulary)
    places = __torch__.chosen.places(batch.chosen(False))
    all = __torch__.logs.probabilities(__torch__.chosen.rows(logits, places), self.temperature)
    logs, ids, = torch.topk(all, self.k, -1)
    rest = __torch__.top.tail(logs, torch.ones_like(ids, dtype=11))
    return [ids, logs, torch.reshape(rest, [-1])]
