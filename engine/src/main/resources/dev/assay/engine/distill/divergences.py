class ForwardKl(Module):
  # Whether the teacher's entropy is subtracted, which has no gradient.
  entropy : bool
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    if self.entropy:
      return __torch__.logs.kl(teacher, student)
    return __torch__.logs.cross(teacher, student)

class ReverseKl(Module):
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    return __torch__.logs.kl(student, teacher)

class SymmetricKl(Module):
  reverse : float
  forward : __torch__.divergences.ForwardKl
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    return self.forward.of(student, teacher) * (1. - self.reverse) + __torch__.logs.kl(student, teacher) * self.reverse

class TotalVariation(Module):
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    return torch.sum(torch.abs(torch.exp(student) - torch.exp(teacher)), [-1]) * 0.5

# Of the teacher, from it with some of the student.
class SkewedForwardKl(Module):
  share : float
  forward : __torch__.divergences.ForwardKl
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    mixed = __torch__.logs.mixed(teacher, student, self.share)
    return self.forward.of(torch.masked_fill(mixed, torch.isinf(student), -float("inf")), teacher)

# Of the student, from the teacher with some of it.
class SkewedReverseKl(Module):
  share : float
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    mixed = __torch__.logs.mixed(student, teacher, self.share)
    return __torch__.logs.kl(student, torch.masked_fill(mixed, torch.isinf(teacher), -float("inf")))
