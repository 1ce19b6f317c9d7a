def eigenvalues(self, moments: Tensor) -> Tensor:
  values, vectors = torch.linalg_eigh(torch.to(moments, 7))
  return values
