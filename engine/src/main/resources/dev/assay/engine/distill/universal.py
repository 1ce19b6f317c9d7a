# Probabilities in descending order, whatever tokens they are of, against those of a teacher whose tokens
# are others: token by token of the answers, as far as the shorter one goes.
class Universal(Module):
  student_temperature : float
  teacher_temperature : float
  # Whether the last token of an answer is left out.
  skip_student_end : bool
  skip_teacher_end : bool
  # Whether the logits at tokens of the answer count, in place of those that predict them.
  observed : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    total = __torch__.chosen.nothing(student.logits)
    for i in range(batch.labels.size(0)):
      its = self.places(batch.labels[i], self.skip_student_end)
      others = self.places(teacher.labels[i], self.skip_teacher_end)
      tokens = its.size(0)
      if others.size(0) < tokens:
        tokens = others.size(0)
      if tokens > 0:
        q = self.descending(student.logits[i], torch.slice(its, 0, 0, tokens), self.student_temperature)
        p = self.descending(torch.detach(teacher.logits[i]), torch.slice(others, 0, 0, tokens), self.teacher_temperature)
        more = p.size(1) - q.size(1)
        if more > 0:
          q = torch.constant_pad_nd(q, [0, more])
        else:
          p = torch.constant_pad_nd(p, [0, -more])
        total = total + torch.sum(torch.abs(q - p)) / float(tokens)
    return __torch__.chosen.per(total, whole.examples)
  # Of the logits of an answer.
  def places(self, labels: Tensor, skip: bool) -> Tensor:
    places = __torch__.chosen.places(torch.ne(labels, -100))
    if skip and places.size(0) > 0:
      places = torch.slice(places, 0, 0, places.size(0) - 1)
    if self.observed:
      places = torch.slice(places + 1, 0, 0, int(torch.sum(torch.lt(places + 1, labels.size(0)))))
    return places
  def descending(self, logits: Tensor, places: Tensor, temperature: float) -> Tensor:
    rows = torch.to(torch.index_select(logits, 0, places), 6)
    sorted, order, = torch.sort(torch.softmax(rows / temperature, -1), -1, True)
    return sorted
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
