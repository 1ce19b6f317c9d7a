# How far the student's distribution is from the teacher's: [tokens], of log-probabilities [tokens,
# vocabulary].
class Divergence(ModuleInterface):
  def of(self, student: Tensor, teacher: Tensor) -> Tensor:
    pass
