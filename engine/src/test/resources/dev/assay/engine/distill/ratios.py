class Ratios(Module):
  def head(self, student: Tensor, teacher: Tensor, mass: float) -> Tensor:
    return __torch__.adaptive.head_share(torch.log_softmax(student, -1), torch.log_softmax(teacher, -1), mass)
