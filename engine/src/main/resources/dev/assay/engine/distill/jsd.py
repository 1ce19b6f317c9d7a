# Both from what lies between them, entry by entry; at 0 the Kullback-Leibler divergence of the teacher
# from the student, at 1 the reverse.
def entries(student: Tensor, teacher: Tensor, beta: float) -> Tensor:
  if beta == 0.:
    return __torch__.logs.relative(teacher, student)
  if beta == 1.:
    return __torch__.logs.relative(student, teacher)
  between = __torch__.logs.mixed(teacher, student, beta)
  return __torch__.logs.relative(teacher, between) * beta + __torch__.logs.relative(student, between) * (1. - beta)

class GeneralizedJsd(Module):
  beta : float
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    return torch.sum(__torch__.jsd.entries(student, teacher, self.beta), [-1])
