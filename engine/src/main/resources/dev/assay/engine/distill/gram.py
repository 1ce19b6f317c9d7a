# Two states of the student and two of the teacher.
class Four(Module):
  student : int
  student_to : int
  teacher : int
  teacher_to : int

# Products of two states' channels over the tokens of a sequence, per token; mean of the squares of what
# they differ by. Both models are of one width.
class ChannelGram(Module):
  fours : List[__torch__.gram.Four]
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    which = batch.chosen(self.attended)
    tokens = torch.reshape(torch.clamp_min(torch.sum(torch.to(which, 6), [1]), 1), [-1, 1, 1])
    total = __torch__.chosen.nothing(student.states[self.first()])
    elements = 1.
    for i in range(len(self.fours)):
      four = self.fours[i]
      its = self.product(student.states[four.student], student.states[four.student_to], which) / tokens
      target = torch.detach(self.product(teacher.states[four.teacher], teacher.states[four.teacher_to], which) / tokens)
      off = its - target
      total = total + torch.sum(off * off)
      elements = float(its.size(1) * its.size(2))
    return __torch__.chosen.per(total, whole.examples * elements * float(len(self.fours)))
  def product(self, first: Tensor, second: Tensor, which: Tensor) -> Tensor:
    return torch.matmul(torch.transpose(__torch__.chosen.zeroed(first, which), 1, 2), __torch__.chosen.zeroed(second, which))
  def first(self) -> int:
    four = self.fours[0]
    return four.student
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Products of tokens over the channels of a width, per channel; mean over pairs of tokens.
class TokenGram(Module):
  fours : List[__torch__.gram.Four]
  attended : bool
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    teacher = teachers[0]
    which = batch.chosen(self.attended)
    total = __torch__.chosen.nothing(student.states[self.first()])
    for i in range(len(self.fours)):
      four = self.fours[i]
      its = self.product(student.states[four.student], student.states[four.student_to], which)
      target = torch.detach(self.product(teacher.states[four.teacher], teacher.states[four.teacher_to], which))
      off = its - target
      total = total + torch.sum(off * off)
    return __torch__.chosen.per(total, whole.pairs(self.attended) * float(len(self.fours)))
  def product(self, first: Tensor, second: Tensor, which: Tensor) -> Tensor:
    product = torch.matmul(__torch__.chosen.zeroed(first, which), torch.transpose(__torch__.chosen.zeroed(second, which), 1, 2))
    return product / float(first.size(2))
  def first(self) -> int:
    four = self.fours[0]
    return four.student
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass
