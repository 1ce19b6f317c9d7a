# A term's value and gradients. tensors: ids, mask and labels, then what plan, int64 [., 3], says of each:
# whose it is (0 the student's, i the i-th teacher's), what it is, and its number. whole: counts, float64
# [6], or empty for those of the batch.
class Bench(Module):
  term : __torch__.term.Term
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.term.load(tensors, "term")
  def gradients(self, tensors: List[Tensor], plan: Tensor, whole: Tensor) -> List[Tensor]:
    loss = self.loss(tensors, plan, whole)
    asked = annotate(List[Tensor], [])
    for i in range(len(tensors)):
      if tensors[i].requires_grad:
        asked = torch.append(asked, tensors[i])
    found = torch.autograd.grad([loss], asked, None, None, False, True)
    all = [torch.detach(loss)]
    for i in range(len(found)):
      gradient = found[i]
      if gradient is None:
        all = torch.append(all, torch.zeros_like(torch.detach(asked[i])))
      else:
        all = torch.append(all, gradient)
    return all
  def value(self, tensors: List[Tensor], plan: Tensor, whole: Tensor) -> Tensor:
    return self.loss(tensors, plan, whole)
  def loss(self, tensors: List[Tensor], plan: Tensor, whole: Tensor) -> Tensor:
    batch = __torch__.batch.Batch(tensors[0], tensors[1], tensors[2])
    student = __torch__.outputs.Outputs(torch.empty([0], device=tensors[0].device))
    teachers = annotate(List[__torch__.outputs.Outputs], [])
    for i in range(plan.size(0)):
      owner = int(plan[i][0])
      if owner > len(teachers):
        teachers = torch.append(teachers, __torch__.outputs.Outputs(torch.empty([0], device=tensors[0].device)))
      if owner == 0:
        self.put(student, int(plan[i][1]), int(plan[i][2]), tensors[i + 3])
      else:
        self.put(teachers[owner - 1], int(plan[i][1]), int(plan[i][2]), tensors[i + 3])
    counts = __torch__.counts.counted(batch)
    if torch.numel(whole) > 0:
      counts = __torch__.counts.Counts(float(whole[0]), float(whole[1]), float(whole[2]), float(whole[3]), float(whole[4]), float(whole[5]))
    return self.term.value(student, teachers, batch, counts)
  def put(self, outputs: __torch__.outputs.Outputs, kind: int, number: int, x: Tensor) -> NoneType:
    if kind == 0:
      outputs.logits = x
    elif kind == 1:
      states = outputs.states
      states[number] = x
    elif kind == 2:
      scores = outputs.scores
      scores[number] = x
    elif kind == 3:
      queries = outputs.queries
      queries[number] = x
    elif kind == 4:
      keys = outputs.keys
      keys[number] = x
    elif kind == 5:
      values = outputs.values
      values[number] = x
    elif kind == 6:
      outputs.labels = x
    elif kind == 7:
      outputs.top_ids = x
    elif kind == 8:
      outputs.top_logs = x
    elif kind == 9:
      outputs.top_tail = x
  # Counts of a batch, float64 [6].
  def counted(self, mask: Tensor, labels: Tensor) -> Tensor:
    counts = __torch__.counts.counted(__torch__.batch.Batch(labels, mask, labels))
    return torch.tensor([counts.scored, counts.attended, counts.examples, counts.scored_pairs, counts.attended_pairs, counts.scored_reads], dtype=7, device=mask.device)
