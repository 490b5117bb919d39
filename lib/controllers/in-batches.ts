/**
 * Runs `work` on every item, at most `size` at once. Every item is tried; the first error is thrown at the end.
 *
 * @param isTimeUp asked before each item: no other is begun once it says so
 * @returns how many items were not begun
 */
export async function inBatches<T>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<void>,
  isTimeUp: () => boolean = () => false,
): Promise<number> {
  const errors: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && !isTimeUp()) {
      const item = items[next++];
      if (item === undefined) continue;
      try {
        await work(item);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(size, items.length) }, worker));
  if (errors.length > 0) throw errors[0];
  return items.length - next;
}
