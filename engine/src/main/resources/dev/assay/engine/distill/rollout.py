# Answers that were sampled, and what they were worth then: all [batch, response].
class Rollout:
  # 1 for tokens up to the end.
  mask : Tensor
  # The teacher's log-probabilities, and those of whoever sampled.
  wished : Tensor
  logs : Tensor
  # How much more probable the answers are to the student than to who sampled them.
  weights : Tensor
  rewards : Tensor
  advantages : Tensor
  def __init__(self, mask: Tensor, wished: Tensor, logs: Tensor, weights: Tensor, rewards: Tensor, advantages: Tensor) -> NoneType:
    self.mask = mask
    self.wished = wished
    self.logs = logs
    self.weights = weights
    self.rewards = rewards
    self.advantages = advantages
