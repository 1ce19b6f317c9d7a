# Sequences that losses are taken of. ids: int64 [batch, tokens]. mask: [batch, tokens], 0 where padded.
# labels: int64 [batch, tokens], what each position is scored against, -100 where it is not.
class Batch:
  ids : Tensor
  mask : Tensor
  labels : Tensor
  # Log-probabilities that labels had when they were written, float32 [batch, tokens]; empty where nobody wrote.
  written : Tensor
  # Which terms are taken of it: 0 all, else those of this use alone and those of all.
  use : int
  # Which teacher teaches which of them, 1 or 0, float32 [batch, teachers]; empty where all teach all.
  shares : Tensor
  # Segments of the tokens, int64 [batch, tokens]; empty where all are of the first.
  types : Tensor
  # What is read before the tokens are written, int64 [batch, source tokens], with a mask of its own, and what
  # an encoder makes of it, [batch, source tokens, hidden]; empty where nothing is.
  source : Tensor
  source_mask : Tensor
  memory : Tensor
  def __init__(self, ids: Tensor, mask: Tensor, labels: Tensor) -> NoneType:
    self.ids = ids
    self.mask = mask
    self.labels = labels
    none = torch.empty([0], device=ids.device)
    self.written = none
    self.use = 0
    self.shares = none
    self.types = none
    self.source = none
    self.source_mask = none
    self.memory = none
  # Tokens that a term is taken over, bool [batch, tokens]: those that are not padding, or of them those
  # that are scored.
  def chosen(self, attended: bool) -> Tensor:
    present = torch.ne(self.mask, 0)
    if attended:
      return present
    return torch.logical_and(present, torch.ne(self.labels, -100))
