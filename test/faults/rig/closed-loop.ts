/**
 * Works through so many requests, so many at once, as fast as they are answered: for what is counted, not timed.
 * @param work  one of them; must not reject
 */
export async function closedLoop(count: number, atOnce: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
