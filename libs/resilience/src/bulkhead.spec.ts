import { seededRandom } from '../test/seeded-random.js';
import { Bulkhead, type BulkheadWaiter } from './bulkhead.js';

class Waiter implements BulkheadWaiter {
  isQueued = false;
  queueNext: BulkheadWaiter | null = null;
  queuePrevious: BulkheadWaiter | null = null;

  constructor(
    readonly name: string,
    private readonly log: string[],
    readonly deadlineAt = Number.POSITIVE_INFINITY,
    private readonly whenAdmitted: () => void = () => undefined,
  ) {}

  onAdmitted(): void {
    this.log.push(`${this.name} runs`);
    this.whenAdmitted();
  }

  onExpired(): void {
    this.log.push(`${this.name} expired`);
  }
}

describe('Bulkhead', () => {
  let log: string[];
  const waiter = (name: string, deadlineAt?: number, whenAdmitted?: () => void) =>
    new Waiter(name, log, deadlineAt, whenAdmitted);

  beforeEach(() => {
    log = [];
  });

  it('admits up to its bound, then lets wait, then refuses', () => {
    const bulkhead = new Bulkhead(2, 1);
    expect(['a', 'b', 'c', 'd'].map(name => bulkhead.enter(waiter(name), 0))).toEqual([
      'admitted',
      'admitted',
      'queued',
      'full',
    ]);
    expect([bulkhead.active, bulkhead.queued]).toEqual([2, 1]);
  });

  it('serves those that wait in the order they came', () => {
    const bulkhead = new Bulkhead(1, 8);
    for (const name of ['a', 'b', 'c', 'd']) bulkhead.enter(waiter(name), 0);
    bulkhead.release(1);
    bulkhead.release(2);
    expect(log).toEqual(['b runs', 'c runs']);
    expect([bulkhead.active, bulkhead.queued]).toEqual([1, 1]);
  });

  it('never starts one whose deadline has passed', () => {
    const bulkhead = new Bulkhead(1, 8);
    bulkhead.enter(waiter('a'), 0);
    bulkhead.enter(waiter('late', 10), 0);
    bulkhead.enter(waiter('b', 11), 0);
    bulkhead.release(10);
    expect(log).toEqual(['late expired', 'b runs']);
  });

  it('makes room of those whose deadline has passed before it refuses', () => {
    const bulkhead = new Bulkhead(1, 1);
    bulkhead.enter(waiter('a'), 0);
    bulkhead.enter(waiter('late', 10), 0);
    expect(bulkhead.enter(waiter('early'), 9)).toBe('full');
    expect(bulkhead.enter(waiter('b'), 10)).toBe('queued');
    expect(log).toEqual(['late expired']);
  });

  it('lets one leave from anywhere, twice without harm', () => {
    const bulkhead = new Bulkhead(1, 8);
    const queue = ['a', 'b', 'c', 'd', 'e'].map(name => waiter(name));
    for (const each of queue) bulkhead.enter(each, 0);
    bulkhead.leave(queue[2]!);
    bulkhead.leave(queue[2]!);
    bulkhead.leave(queue[1]!);
    bulkhead.leave(queue[4]!);
    expect(bulkhead.queued).toBe(1);
    bulkhead.release(0);
    bulkhead.release(0);
    expect(log).toEqual(['d runs']);
    expect([bulkhead.active, bulkhead.queued]).toEqual([0, 0]);
  });

  it('bears thousands that end at once when their turn comes', () => {
    const bulkhead = new Bulkhead(1, 50_000);
    bulkhead.enter(waiter('a'), 0);
    for (let count = 0; count < 50_000; count++)
      bulkhead.enter(
        waiter('w', undefined, () => bulkhead.release(0)),
        0,
      );
    bulkhead.release(0);
    expect(log).toHaveLength(50_000);
    expect([bulkhead.active, bulkhead.queued]).toEqual([0, 0]);
  });

  it('lets more run when its bound rises, and as many finish as run when it falls', () => {
    const bulkhead = new Bulkhead(1, 8);
    for (const name of ['a', 'b', 'c', 'd']) bulkhead.enter(waiter(name), 0);
    bulkhead.limitTo(3, 0);
    expect(log).toEqual(['b runs', 'c runs']);
    bulkhead.limitTo(1, 0);
    bulkhead.release(0);
    bulkhead.release(0);
    expect(bulkhead.active).toBe(1);
    bulkhead.release(0);
    expect(log).toEqual(['b runs', 'c runs', 'd runs']);
  });

  it.each([1, 2, 3])('keeps its bounds and its order, and loses nobody (seed %s)', seed => {
    const random = seededRandom(seed);
    const bulkhead = new Bulkhead(4, 6);
    let [running, admitted, expired, left] = [0, 0, 0, 0];
    let now = 0;
    let queue: Waiter[] = [];
    for (let step = 0; step < 20_000; step++) {
      now += random() * 10;
      log.length = 0;
      const draw = random();
      if (draw < 0.5) {
        const one = waiter(String(step), now + random() * 200);
        const admission = bulkhead.enter(one, now);
        if (admission === 'admitted') running++;
        if (admission === 'queued') queue.push(one);
        admitted += admission === 'queued' ? 1 : 0;
      } else if (draw < 0.9 && running > 0) {
        running--;
        bulkhead.release(now);
      } else if (queue.length > 0) {
        const [one] = queue.splice(Math.floor(random() * queue.length), 1);
        bulkhead.leave(one!);
        left++;
      }
      const told = log.map(line => line.split(' ')[0]);
      const inOrder = told.every((name, index) => queue[index]?.name === name);
      running += log.filter(line => line.endsWith('runs')).length;
      expired += log.filter(line => line.endsWith('expired')).length;
      queue = queue.slice(told.length);
      const agrees = bulkhead.active === running && bulkhead.queued === queue.length;
      if (!inOrder || !agrees || running > 4 || queue.length > 6) throw new Error(`step ${step}`);
    }
    expect(Math.min(admitted, expired, left)).toBeGreaterThan(50);
  });
});
