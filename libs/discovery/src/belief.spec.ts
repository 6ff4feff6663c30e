import { afterAnswer, afterFailure, afterIndexReset, type Belief } from './belief.js';
import type { HealthAnswer } from './consul-entries.js';
import type { Instance } from './instance.js';

const graces = { emptyGraceMs: 60_000, returnGraceMs: 10_000 };

function instance(id: string, port = 80): Instance {
  return { id, service: 'catalog', host: `${id}.test`, port, weight: 1, tags: [], meta: {} };
}

function answer(ids: string[], failing: string[] = []): HealthAnswer {
  return { passing: ids.map(id => instance(id)), failing: new Set(failing), refused: [] };
}

const ids = ({ instances }: Belief) => instances.map(({ id }) => id);
const after = (belief: Belief | undefined, given: HealthAnswer, now = 0) => afterAnswer(belief, given, now, graces);
const knowing = (...names: string[]) => after(undefined, answer(names));

describe('what is believed after an answer', () => {
  it('takes the first answer at its word, an empty one too', () => {
    expect(after(undefined, answer([]))).toMatchObject({ instances: [], state: 'fresh', hold: undefined });
    expect(ids(knowing('b', 'a'))).toEqual(['a', 'b']);
  });

  it('drops who left, while others stay', () => {
    expect(ids(after(knowing('a', 'b', 'c'), answer(['a'])))).toEqual(['a']);
  });

  it('keeps the objects of instances that did not change, and the list itself when nothing did', () => {
    const before = knowing('a', 'b');
    const next = after(before, answer(['b', 'c']));
    expect(next.instances[0]).toBe(before.instances[1]);
    expect(after(before, answer(['b', 'a'])).instances).toBe(before.instances);
  });
});

describe('an empty answer', () => {
  it('is believed when the last instance went on its own', () => {
    expect(after(knowing('a'), answer([]))).toMatchObject({ instances: [], state: 'fresh' });
    const one = after(knowing('a', 'b'), answer(['a']));
    expect(ids(after(one, answer([])))).toEqual([]);
  });

  it.each([
    ['gone', []],
    ['failing their checks', ['a', 'b', 'c']],
  ])('is not believed for a minute when several are %s in one step', (_, failing) => {
    const held = after(knowing('a', 'b', 'c'), answer([], failing), 1_000);
    expect(held).toMatchObject({ state: 'last-known-good', hold: { until: 61_000 } });
    expect(ids(held)).toEqual(['a', 'b', 'c']);
    expect(ids(after(held, answer([], failing), 60_999))).toEqual(['a', 'b', 'c']);
    expect(after(held, answer([], failing), 61_000)).toMatchObject({ instances: [], state: 'fresh', hold: undefined });
  });

  it('is not believed after an outage, not even of a single instance', () => {
    expect(ids(after(afterFailure(knowing('a')), answer([])))).toEqual(['a']);
  });

  it('is not put off again by each further empty answer', () => {
    let belief = after(knowing('a', 'b'), answer([]), 0);
    for (let now = 1_000; now <= 60_000; now += 1_000) belief = after(belief, answer([]), now);
    expect(ids(belief)).toEqual([]);
  });
});

describe('an outage', () => {
  it('changes the state and nothing else, however long it takes', () => {
    const before = knowing('a', 'b');
    const during = afterFailure(afterFailure(before));
    expect(during.instances).toBe(before.instances);
    expect(during.state).toBe('last-known-good');
  });

  it('is over at once when everybody is confirmed', () => {
    const before = knowing('a', 'b');
    expect(after(afterFailure(before), answer(['a', 'b']))).toEqual({ ...before, hold: undefined });
  });

  it('leaves those who register again one by one some time, and then drops who did not', () => {
    const empty = after(afterFailure(knowing('a', 'b', 'c')), answer([]), 0);
    const first = after(empty, answer(['b']), 200);
    expect(ids(first)).toEqual(['a', 'b', 'c']);
    expect(first.state).toBe('last-known-good');
    const second = after(first, answer(['a', 'b']), 400);
    expect(ids(second)).toEqual(['a', 'b', 'c']);
    expect(second.hold).toEqual({ of: 'the missing', until: 10_200 });
    const last = after(second, answer(['a', 'b']), 10_200);
    expect(ids(last)).toEqual(['a', 'b']);
    expect(last.state).toBe('fresh');
  });

  it('is fresh the moment all are back', () => {
    const partial = after(afterFailure(knowing('a', 'b')), answer(['a']), 0);
    expect(after(partial, answer(['a', 'b']), 300)).toMatchObject({ state: 'fresh', hold: undefined });
  });

  it('keeps nobody who is there and fails its checks', () => {
    expect(ids(after(afterFailure(knowing('a', 'b')), answer(['a'], ['b'])))).toEqual(['a']);
  });

  it('keeps nobody whose address another instance has taken', () => {
    const again = { ...instance('a2'), host: 'a.test' };
    const next = after(afterFailure(knowing('a', 'b')), { ...answer(['b']), passing: [again, instance('b')] });
    expect(ids(next)).toEqual(['a2', 'b']);
  });

  it('also begins when the index goes back', () => {
    expect(ids(after(afterIndexReset(knowing('a', 'b')), answer(['a'])))).toEqual(['a', 'b']);
  });

  it('starts the grace anew when it comes again', () => {
    const held = after(afterFailure(knowing('a', 'b')), answer(['a']), 0);
    expect(after(afterFailure(held), answer(['a']), 9_000).hold?.until).toBe(19_000);
  });
});
