def embed(self, embedding: Tensor, ids: Tensor) -> Tensor:
  return torch.contiguous(torch.to(torch.embedding(embedding, ids), 6))

def overwrite(self, target: Tensor, source: Tensor):
  torch.copy_(target, source)
