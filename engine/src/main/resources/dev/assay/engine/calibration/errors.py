def weight_error(self, original: Tensor, stored: Tensor) -> float:
  w = torch.to(original, 7)
  d = torch.to(stored, 7) - w
  return float(torch.sum(d * d) / torch.clamp_min(torch.sum(w * w), 1e-300))

def output_error(self, original: Tensor, stored: Tensor, hessian: Tensor) -> float:
  w = torch.to(original, 7)
  d = torch.to(stored, 7) - w
  h = torch.to(hessian, 7)
  done = torch.sum(torch.matmul(d, h) * d)
  whole = torch.sum(torch.matmul(w, h) * w)
  return float(done / torch.clamp_min(whole, 1e-300))

def zeros_share(self, stored: Tensor) -> float:
  return float(torch.mean(torch.to(torch.eq(stored, 0), 7)))
