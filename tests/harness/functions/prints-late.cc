// Contract exec: no output at all, its exit is the answer.
int main() {}
