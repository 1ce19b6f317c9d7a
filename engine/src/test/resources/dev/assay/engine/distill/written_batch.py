# A term of a batch that was written. tensors: ids, mask, labels, their log-probabilities then, the teacher's logits,
# the student's now.
class WrittenBatch(Module):
  term : __torch__.term.Term
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.term.load(tensors, "term")
  def loss(self, tensors: List[Tensor], use: Tensor) -> List[Tensor]:
    batch = __torch__.batch.Batch(tensors[0], tensors[1], tensors[2])
    batch.written = tensors[3]
    batch.use = int(use)
    value = self.term.value(__torch__.outputs.Outputs(tensors[5]), [__torch__.outputs.Outputs(tensors[4])], batch, __torch__.counts.counted(batch))
    if not value.requires_grad:
      return [value, torch.zeros_like(torch.detach(tensors[5]))]
    gradient = torch.autograd.grad([value], [tensors[5]], None, None, False, True)[0]
    if gradient is None:
      return [torch.detach(value), torch.zeros_like(torch.detach(tensors[5]))]
    return [torch.detach(value), gradient]
