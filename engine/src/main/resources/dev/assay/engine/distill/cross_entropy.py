class CrossEntropy(Module):
  rows : __torch__.row_loss.RowLoss
  reduction : int
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    logits = student.logits
    nobody = __torch__.row_sums.nobody(batch.labels)
    total = __torch__.row_sums.of(self.rows, logits, annotate(List[Tensor], []), nobody, batch.labels, batch.chosen(False))
    return __torch__.chosen.reduced(total, self.reduction, logits.size(-1), False, whole)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

class LabelRows(Module):
  # Share of what is wanted that is spread over the vocabulary.
  smoothing : float
  def of(self, student: Tensor, teachers: List[Tensor], shares: Tensor, labels: Tensor) -> Tensor:
    return __torch__.cross_entropy.summed(student, labels, self.smoothing)

# Of logits [rows, vocabulary] and labels [rows].
def summed(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
  logs = __torch__.logs.probabilities(logits, 1.)
  wanted = torch.neg(torch.sum(torch.gather(logs, 1, torch.unsqueeze(labels, 1))))
  if smoothing == 0.:
    return wanted
  all = torch.neg(torch.sum(torch.masked_fill(logs, torch.isinf(logs), 0.)))
  return wanted * (1. - smoothing) + all * (smoothing / float(logits.size(-1)))
