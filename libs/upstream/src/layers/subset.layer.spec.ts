import { type Principal, RequestContext, UpstreamError } from 'guichet/kernel';
import { layerContract } from 'guichet/testing';
import { exampleCall, layerParts, LayerRig } from '../../test/layer-rig.js';
import type { Attempt } from '../attempt.js';
import { UpstreamEvents } from '../upstream-events.js';
import type { UpstreamRequest } from '../upstream-request.js';
import { InstancePickLayer } from './instance-pick.layer.js';
import { SubsetLayer } from './subset.layer.js';

class Told extends UpstreamEvents {
  readonly said: string[] = [];
  attemptStarted(): void {}
  attemptEnded(): void {}
  override sent(_attempt: Attempt, subset: string): void {
    this.said.push(subset);
  }
  override fellBack(...[, upstream, from, reason, how]: Parameters<UpstreamEvents['fellBack']>): void {
    this.said.push(`${upstream}:${from} ${reason} ${how}`);
  }
  override retryRefused(): void {
    this.said.push('refused');
  }
}

const options = { subsets: { canary: { meta: { version: '2' }, weightPercent: 10 } } };

/** Port 1 is the canary, 2 and 3 are not; everybody wants it unless the test says otherwise. */
function rigOf(given = {}, { ports = [1, 2, 3], versions = { 1: '2' } as Readonly<Record<number, string>> } = {}) {
  const told = new Told();
  const parts = layerParts({ ...options, ...given }, { ports, versions, events: told });
  // Its constructor says who judges.
  new InstancePickLayer(parts);
  const { subsets, cohorts } = parts.subsets!;
  const rig = new LayerRig(new SubsetLayer(parts, subsets, cohorts), parts);
  const canary = subsets.named('canary')!;
  const eject = () => {
    for (let n = 0; n < 5; n++) canary.outliers.failed(canary.list[0]!, parts.clock.now());
  };
  return { rig, parts, told, subsets, canary, eject };
}

function wishing(subset = 'canary'): RequestContext {
  const request = new RequestContext('request', 0);
  request.wish = { header: 'x-cohort', subset };
  return request;
}

const call = (request: RequestContext, values: Partial<UpstreamRequest> = {}) =>
  exampleCall({ context: { request, deadlineAt: 6_000 }, ...values });

const failed = (code: UpstreamError['code'], status?: number) =>
  new UpstreamError(code, 'example', code, status === undefined ? {} : { status });

// All are sent elsewhere, and nobody may fall back.
const strict = {
  subsets: { canary: { meta: { version: '2' }, weightPercent: 100 } },
  retryBudgetRatio: 0,
  retryBudgetMin: 0,
};
layerContract('SubsetLayer', () => ({ layer: rigOf(strict).rig.layer, held: () => 0 }));

describe('SubsetLayer', () => {
  it('sends what is wished to the subset, and all others by weight', () => {
    const { rig, told } = rigOf({ subsets: { canary: { meta: { version: '2' } } } });
    rig.enter(call(wishing()));
    rig.enter(call(wishing('default')));
    rig.enter(call(new RequestContext('nobody', 0)));
    expect(rig.started.map(({ attempt }) => attempt.subset?.name)).toEqual(['canary', 'default', 'default']);
    expect(told.said).toEqual(['canary', 'default', 'default']);
  });

  it('keeps a principal where it is, and divides them by weight', () => {
    const { rig } = rigOf();
    const subsetOf = (subject: string): string => {
      const request = new RequestContext('request', 0);
      request.principal = { issuer: 'https://id', subject, claims: {} } satisfies Principal;
      rig.enter(call(request));
      const { attempt, sink } = rig.started.at(-1)!;
      sink.succeed({});
      return attempt.subset!.name;
    };
    const people = Array.from({ length: 1_000 }, (_, n) => `person-${n}`);
    const first = people.map(subsetOf);
    expect(people.map(subsetOf)).toEqual(first);
    const share = first.filter(name => name === 'canary').length;
    expect(share).toBeGreaterThan(70);
    expect(share).toBeLessThan(130);
  });

  it('keeps a request to what was chosen, though the weights change', () => {
    const { rig, subsets } = rigOf({ subsets: { canary: { meta: { version: '2' }, weightPercent: 100 } } });
    const request = new RequestContext('request', 0);
    rig.enter(call(request));
    subsets.weigh({ canary: 0 });
    rig.enter(call(request));
    expect(rig.started.map(({ attempt }) => attempt.subset?.name)).toEqual(['canary', 'canary']);
  });

  it.each([
    ['upstream-status', 500],
    ['upstream-status', 503],
    ['upstream-timeout', undefined],
    ['upstream-refused', undefined],
    ['upstream-reset', undefined],
    ['upstream-malformed', undefined],
    ['upstream-too-large', undefined],
  ] as const)('falls back when the subset fails: %s %s', (code, status) => {
    const { rig, told } = rigOf();
    const { outside } = rig.enter(call(wishing()));
    rig.started[0]!.sink.fail(failed(code, status));
    expect(rig.started[1]!.attempt).toMatchObject({ number: 2, kind: 'fallback', subset: { name: 'default' } });
    rig.started[1]!.sink.succeed('from default');
    expect(outside.outcomes).toEqual([{ value: 'from default' }]);
    expect(told.said).toEqual(['canary', `example:canary ${code} moved`, 'default']);
  });

  it.each([
    ['an answer that says no', {}, failed('upstream-status', 404)],
    ['a deadline', {}, failed('deadline-exceeded')],
    ['what may not be made twice', { method: 'POST' }, failed('upstream-reset')],
    ['a call without retries', { maxRetries: 0 }, failed('upstream-reset')],
    ['a bug', {}, new TypeError('bug') as never],
  ])('does not fall back for %s', (_, values, error) => {
    const { rig, told } = rigOf();
    const { outside } = rig.enter(call(wishing(), values));
    rig.started[0]!.sink.fail(error);
    expect(outside.outcomes).toEqual([{ error }]);
    expect(told.said).toEqual(['canary']);
  });

  it('does not fall back for who tries again itself, nor once a part of the answer has gone out', () => {
    const { rig } = rigOf();
    const repetition = wishing();
    repetition.isRepetition = true;
    const first = rig.enter(call(repetition));
    rig.started[0]!.sink.fail(failed('upstream-reset'));
    const second = rig.enter(call(wishing()));
    rig.started[1]!.attempt.another('retry').handOver();
    rig.started[1]!.sink.fail(failed('upstream-reset'));
    expect([first.outside.outcomes.length, second.outside.outcomes.length, rig.started.length]).toEqual([1, 1, 2]);
  });

  it('falls back once, within the budget of further attempts', () => {
    const { rig, told } = rigOf({ retryBudgetRatio: 0, retryBudgetMin: 1 });
    const first = rig.enter(call(wishing()));
    rig.started[0]!.sink.fail(failed('upstream-reset'));
    rig.started[1]!.sink.fail(failed('upstream-reset'));
    expect(first.outside.outcomes).toHaveLength(1);
    const second = rig.enter(call(wishing()));
    rig.started[2]!.sink.fail(failed('upstream-reset'));
    expect(second.outside.outcomes).toHaveLength(1);
    expect(told.said.slice(-2)).toEqual(['canary', 'refused']);
  });

  it('asks the budget once for a failure, however many waited for it', () => {
    const { rig } = rigOf({ retryBudgetRatio: 0, retryBudgetMin: 1 });
    const error = failed('upstream-timeout');
    for (let n = 0; n < 5; n++) rig.enter(call(wishing()));
    for (const { sink } of rig.started.slice()) sink.fail(error);
    expect(rig.started.map(({ attempt }) => attempt.subset?.name).slice(5)).toEqual(Array(5).fill('default'));
  });

  it('lets all further calls of the request follow', () => {
    const { rig } = rigOf();
    const request = wishing();
    rig.enter(call(request));
    rig.started[0]!.sink.fail(failed('upstream-reset'));
    rig.enter(call(request));
    expect(rig.started.map(({ attempt }) => attempt.subset?.name)).toEqual(['canary', 'default', 'default']);
  });

  it('has the request begin again where other calls were made there, and its calls hear nothing', () => {
    const { rig, told } = rigOf();
    const request = wishing();
    let begun = 0;
    request.repeatable = { name: 'FilmPage', beginAgain: () => ++begun > 0 };
    const [one, two] = [rig.enter(call(request)), rig.enter(call(request))];
    rig.started[0]!.sink.fail(failed('upstream-reset'));
    rig.started[1]!.sink.fail(failed('upstream-reset'));
    expect([one.outside.outcomes, two.outside.outcomes, begun, rig.started.length]).toEqual([[], [], 1, 2]);
    rig.enter(call(request));
    expect(rig.started.at(-1)!.attempt.subset?.name).toBe('default');
    expect(told.said).toEqual(['canary', 'canary', 'example:canary upstream-reset again', 'default']);
  });

  it('moves the one call where the request cannot begin again', () => {
    const { rig, told } = rigOf();
    const request = wishing();
    request.repeatable = { name: 'FilmPage', beginAgain: () => false };
    rig.enter(call(request));
    const second = rig.enter(call(request));
    rig.started[0]!.sink.succeed('canary');
    rig.started[1]!.sink.fail(failed('upstream-reset'));
    rig.started[2]!.sink.succeed('default');
    expect(second.outside.outcomes).toEqual([{ value: 'default' }]);
    expect(told.said).toContain('example:canary upstream-reset mixed');
  });

  it('sends nothing to a subset without instances', () => {
    const { rig, told } = rigOf({}, { versions: {} });
    rig.enter(call(wishing(), { method: 'POST' }));
    expect(rig.started[0]!.attempt.subset?.name).toBe('default');
    expect(told.said).toEqual(['example:canary no-instances moved', 'default']);
  });

  it('ejects the only instance of a subset, and sends nothing there but a trial every five seconds', () => {
    const { rig, told, parts, eject, canary } = rigOf();
    eject();
    expect(canary.refusal(parts.clock.now())).toBe('ejected');
    rig.enter(call(wishing()));
    parts.clock.advance(5_000);
    rig.enter(exampleCall({ method: 'POST', context: { request: wishing(), deadlineAt: 1e6 } }));
    const trying = wishing();
    rig.enter(exampleCall({ context: { request: trying, deadlineAt: 1e6 } }));
    // As the instance pick does.
    canary.outliers.claimTrial(parts.clock.now());
    rig.enter(exampleCall({ context: { request: trying, deadlineAt: 1e6 } }));
    rig.enter(exampleCall({ context: { request: wishing(), deadlineAt: 1e6 } }));
    expect(rig.started.map(({ attempt }) => attempt.subset?.name)).toEqual([
      'default',
      'default',
      'canary',
      'canary',
      'default',
    ]);
    expect(told.said[0]).toBe('example:canary ejected moved');
  });

  it('does not count what subsets do against the default one', () => {
    const { parts, eject, subsets } = rigOf();
    eject();
    expect([subsets.byDefault.outliers.ejected, parts.endpoints.ejected]).toEqual([0, 1]);
    expect(subsets.byDefault.outliers.isPanicking).toBe(false);
  });

  it('leaves a default one without instances for the first that can be called', () => {
    const { rig } = rigOf({}, { ports: [1], versions: { 1: '2' } });
    rig.enter(call(wishing('default')));
    expect(rig.started[0]!.attempt.subset?.name).toBe('canary');
  });

  it('chooses with a page’s first call for all that its like ask, so that no change of weights divides it', () => {
    const all = { subsets: { canary: { meta: { version: '2' }, weightPercent: 100 } } };
    const [first, second] = [rigOf(all), rigOf(all)];
    const { cohorts } = first.parts.subsets!;
    // Named apart, as two upstreams are.
    const other = Object.assign(Object.create(second.subsets) as typeof second.subsets, { upstream: 'other' });
    const beside = new LayerRig(new SubsetLayer(second.parts, other, cohorts), second.parts);
    const page = (meanwhile: () => void): (string | undefined)[] => {
      const request = new RequestContext('request', 0);
      request.repeatable = { name: 'FilmPage', beginAgain: () => true };
      first.rig.enter(call(request));
      meanwhile();
      beside.enter(call(request));
      return [first, beside].map(rig => ('rig' in rig ? rig.rig : rig).started.at(-1)!.attempt.subset?.name);
    };
    expect(page(() => {})).toEqual(['canary', 'canary']);
    const drop = () => [first.subsets, second.subsets].forEach(subsets => subsets.weigh({ canary: 0 }));
    expect(page(drop)).toEqual(['canary', 'canary']);
    expect(page(() => {})).toEqual(['default', 'default']);
  });

  it('knows what requests of a page ask, and leaves at once where that cannot be called', () => {
    const [first, second] = [rigOf(), rigOf({}, { versions: {} })];
    const { cohorts } = first.parts.subsets!;
    const unwell = new LayerRig(new SubsetLayer(second.parts, second.subsets, cohorts), second.parts);
    const asking = () => {
      const request = wishing();
      request.repeatable = { name: 'FilmPage', beginAgain: () => true };
      first.rig.enter(call(request));
      unwell.enter(call(request));
      return first.rig.started.at(-1)!.attempt.subset?.name;
    };
    expect([asking(), asking()]).toEqual(['canary', 'default']);
    expect(second.told.said).toContain('example:canary no-instances again');
    expect(first.told.said).toContain('example:canary no-instances moved');
  });
});
