# What a model made of a batch; what no term reads may be left out.
class Outputs:
  # [batch, tokens, vocabulary].
  logits : Tensor
  # [batch, tokens, hidden]: 0 is the embedding's, i what is behind layer i - 1.
  states : Dict[int, Tensor]
  # By layer: attention scores before their softmax, [batch, heads, tokens, tokens].
  scores : Dict[int, Tensor]
  # By layer, as they enter the scores: [batch, tokens, width].
  queries : Dict[int, Tensor]
  keys : Dict[int, Tensor]
  values : Dict[int, Tensor]
  # What its positions are scored against, int64 [batch, tokens], where its tokens are not the batch's.
  labels : Tensor
  # In place of logits: the log-probabilities of the most probable tokens under a temperature, with their
  # ids, int64, both [batch, tokens, k], and the log of what the others have together, [batch, tokens].
  top_ids : Tensor
  top_logs : Tensor
  top_tail : Tensor
  def __init__(self, logits: Tensor) -> NoneType:
    self.logits = logits
    self.states = annotate(Dict[int, Tensor], {})
    self.scores = annotate(Dict[int, Tensor], {})
    self.queries = annotate(Dict[int, Tensor], {})
    self.keys = annotate(Dict[int, Tensor], {})
    self.values = annotate(Dict[int, Tensor], {})
    none = torch.empty([0], device=logits.device)
    self.labels = none
    self.top_ids = none
    self.top_logs = none
    self.top_tail = none
