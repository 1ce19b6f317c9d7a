# A term of a loss: a number, float32, of a batch, which the student's outputs and its own tensors have
# gradients of, teachers' none. Sums are divided by counts of the whole step.
class Term(ModuleInterface):
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    pass
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class Weighted(Module):
  term : __torch__.term.Term
  weight : float
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    return self.term.value(student, teachers, batch, whole) * self.weight
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.term.load(tensors, name + ".term")

# A term that is taken of batches of one use alone, and of those that all are taken of.
class Only(Module):
  term : __torch__.term.Term
  use : int
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    if batch.use != 0 and batch.use != self.use:
      return torch.zeros([], dtype=6, device=student.logits.device)
    return self.term.value(student, teachers, batch, whole)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.term.load(tensors, name + ".term")

class Sum(Module):
  terms : List[__torch__.term.Term]
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    return torch.sum(torch.stack([term.value(student, teachers, batch, whole) for term in self.terms]))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    for i in range(len(self.terms)):
      term = self.terms[i]
      term.load(tensors, name + ".terms." + str(i))
