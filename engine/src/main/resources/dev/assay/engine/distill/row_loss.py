# What is lost at rows of logits, a sum, float32: the student's in float32, [rows, vocabulary], what is known of teachers
# there, how much each of them counts, [rows, teachers], and labels, int64 [rows].
class RowLoss(ModuleInterface):
  def of(self, student: Tensor, teachers: List[Tensor], shares: Tensor, labels: Tensor) -> Tensor:
    pass
