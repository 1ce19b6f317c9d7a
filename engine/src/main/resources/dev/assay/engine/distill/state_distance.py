# How far states [tokens, width] are apart, [tokens].
class StateDistance(ModuleInterface):
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    pass

class MeanSquare(Module):
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    off = student - teacher
    return torch.mean(off * off, [-1])

class Cosine(Module):
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    return 1. - torch.cosine_similarity(student, teacher, -1, 1e-08)
