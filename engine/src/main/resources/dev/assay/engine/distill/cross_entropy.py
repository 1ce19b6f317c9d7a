class CrossEntropy(Module):
  # Share of what is wanted that is spread over the vocabulary.
  smoothing : float
  reduction : int
  def value(self, student: __torch__.outputs.Outputs, teachers: List[__torch__.outputs.Outputs], batch: __torch__.batch.Batch, whole: __torch__.counts.Counts) -> Tensor:
    places = __torch__.chosen.places(batch.chosen(False))
    logits = __torch__.chosen.rows(student.logits, places)
    total = __torch__.cross_entropy.summed(logits, batch.labels, places, self.smoothing)
    return __torch__.chosen.reduced(total, self.reduction, logits.size(-1), False, whole)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    pass

# Of logits [places, vocabulary] at places of the labels.
def summed(logits: Tensor, labels: Tensor, places: Tensor, smoothing: float) -> Tensor:
  its = torch.unsqueeze(torch.index_select(torch.reshape(labels, [-1]), 0, places), 1)
  logs = __torch__.logs.probabilities(logits, 1.)
  wanted = torch.neg(torch.sum(torch.gather(logs, 1, its)))
  if smoothing == 0.:
    return wanted
  all = torch.neg(torch.sum(torch.masked_fill(logs, torch.isinf(logs), 0.)))
  return wanted * (1. - smoothing) + all * (smoothing / float(logits.size(-1)))
