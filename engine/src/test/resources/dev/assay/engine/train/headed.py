# A weight behind given states, and the gradients of a term in it.
class Headed(Module):
  term : __torch__.term.Term
  weight : Tensor
  def load(self, tensors: Dict[str, Tensor]) -> NoneType:
    self.weight = tensors["weight"]
  # given: states [batch, tokens, width], labels; counts as model_training.whole takes them -> value, gradient.
  def gradients(self, given: List[Tensor], counts: Tensor) -> List[Tensor]:
    weight = torch.requires_grad_(torch.clone(self.weight), True)
    batch = __torch__.batch.Batch(given[1], torch.ones_like(given[1]), given[1])
    outputs = __torch__.outputs.Outputs(torch.matmul(torch.clone(given[0]), torch.t(weight)))
    value = self.term.value(outputs, annotate(List[__torch__.outputs.Outputs], []), batch, __torch__.counts.Counts(float(counts[0]), float(counts[1]), float(counts[2]), float(counts[3]), float(counts[4]), float(counts[5])))
    gradients = annotate(List[Tensor], [torch.detach(value)])
    found = torch.autograd.grad([value], [weight], None, None, False, False)
    gradient = found[0]
    if gradient is not None:
      gradients = torch.append(gradients, gradient)
    return gradients
