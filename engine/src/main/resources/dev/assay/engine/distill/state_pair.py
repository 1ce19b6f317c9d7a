# A state of the student and the teacher's that it is compared with; filter: the number of the one that
# it goes through.
class StatePair(Module):
  student : int
  teacher : int
  filter : int
