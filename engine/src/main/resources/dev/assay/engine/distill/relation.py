# 0: queries, 1: keys, 2: values.
class Relation(Module):
  left : int
  right : int
  weight : float
