/**
 * The same function, which keeps its answers: at most so many, for what is asked comes from customers. They must depend
 * on nothing but the argument.
 */
export function memoize<Key extends string | number, Answer>(
  ask: (key: Key) => Answer,
  most = 10_000,
): (key: Key) => Answer {
  const known = new Map<Key, { readonly answer: Answer }>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before.answer;
    const answer = ask(key);
    if (known.size >= most) known.clear();
    known.set(key, { answer });
    return answer;
  };
}
