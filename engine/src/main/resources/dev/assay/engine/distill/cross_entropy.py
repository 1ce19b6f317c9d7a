class CrossEntropy(Module):
  # Share of what is wanted that is spread over the vocabulary.
  smoothing : float
  reduction : int
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    logits = student.logits
    total = __torch__.cross_entropy.summed(logits, batch, self.smoothing)
    return __torch__.chosen.reduced(total, self.reduction, logits.size(-1), False, whole)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Over tokens that are scored.
def summed(logits: Tensor, batch: __torch__.batch.Batch, smoothing: float) -> Tensor:
  places = __torch__.chosen.places(batch.chosen(False))
  labels = torch.unsqueeze(torch.index_select(torch.reshape(batch.labels, [-1]), 0, places), 1)
  logs = __torch__.logs.probabilities(__torch__.chosen.rows(logits, places), 1.)
  wanted = torch.neg(torch.sum(torch.gather(logs, 1, labels)))
  if smoothing == 0.:
    return wanted
  all = torch.neg(torch.sum(torch.masked_fill(logs, torch.isinf(logs), 0.)))
  return wanted * (1. - smoothing) + all * (smoothing / float(logits.size(-1)))
