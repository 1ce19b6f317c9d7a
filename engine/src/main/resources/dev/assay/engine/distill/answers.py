# A query, [batch, queries], and an answer, [batch, responses], behind it. Logits are of both together.

# Those that predict the answer.
def predicting(logits: Tensor, queries: int) -> Tensor:
  return torch.to(torch.slice(logits, 1, queries - 1, logits.size(1) - 1), 6)

# 1 where the token before is not padding, with which an answer also ends.
def mask(queries: Tensor, responses: Tensor, pad: int) -> Tensor:
  last = torch.slice(queries, 1, queries.size(1) - 1, queries.size(1))
  before = torch.cat([last, torch.slice(responses, 1, 0, responses.size(1) - 1)], 1)
  return torch.to(torch.ne(before, pad), 6)

# Log-probabilities under a temperature; removed: what could not be sampled, bool as the logits, or empty.
def logs(logits: Tensor, temperature: float, removed: Tensor) -> Tensor:
  x = logits / temperature
  if torch.numel(removed) > 0:
    x = torch.masked_fill(x, removed, -float("inf"))
  return torch.log_softmax(x, -1)

# Those of the answer's tokens, 0 where the mask is.
def of_tokens(logs: Tensor, responses: Tensor, mask: Tensor) -> Tensor:
  its = torch.squeeze(torch.gather(logs, 2, torch.unsqueeze(responses, 2)), 2)
  return torch.masked_fill(its, torch.eq(mask, 0), 0.)

# The log of what answers are sampled from, where the teacher has a share.
def sampling(student: Tensor, teacher: Tensor, share: float) -> Tensor:
  return __torch__.logs.mixed(torch.log_softmax(teacher, -1), torch.log_softmax(student, -1), share)
