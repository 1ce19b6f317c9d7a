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
