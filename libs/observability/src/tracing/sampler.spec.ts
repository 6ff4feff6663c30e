import { traceContext } from '../trace-context.js';
import { SAMPLERS, samplerOf } from './sampler.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const begun = () => traceContext(undefined, undefined);
const continued = (flags: string, traceId = TRACE) => traceContext(`00-${traceId}-${PARENT}-${flags}`, undefined);

describe('samplerOf', () => {
  it.each([
    ['always_on', true, true, true],
    ['always_off', false, false, false],
    ['traceidratio', true, true, true],
    ['parentbased_always_on', true, true, false],
    ['parentbased_always_off', false, true, false],
    ['parentbased_traceidratio', true, true, false],
  ] as const)('%s, with everything in its ratio', (name, alone, belowSampled, belowUnsampled) => {
    const sample = samplerOf(name, 1);
    expect([begun(), continued('01'), continued('00')].map(sample)).toEqual([alone, belowSampled, belowUnsampled]);
  });

  it('takes nothing of its own accord at a ratio of 0, and what its parent sampled all the same', () => {
    const sample = samplerOf('parentbased_traceidratio', 0);
    expect(Array.from({ length: 1_000 }, begun).filter(sample)).toEqual([]);
    expect(sample(continued('00', 'f'.repeat(32)))).toBe(false);
    expect(samplerOf('traceidratio', 0)(continued('01', 'f'.repeat(32)))).toBe(false);
    expect(sample(continued('01'))).toBe(true);
  });

  it('takes about its ratio of the traces that begin here', () => {
    const taken = Array.from({ length: 20_000 }, begun).filter(samplerOf('parentbased_traceidratio', 0.1)).length;
    // 2,000 are to be expected, with a standard deviation of 42.
    expect(taken).toBeGreaterThan(1_700);
    expect(taken).toBeLessThan(2_300);
  });

  it('decides by the trace id alone, so that all who go by it decide the same', () => {
    const sample = samplerOf('traceidratio', 0.25);
    const last56 = (digits: string) => `${'0'.repeat(17)}1${digits}`;
    expect(sample(continued('00', last56('c0000000000000')))).toBe(true);
    expect(sample(continued('00', last56('bfffffffffffff')))).toBe(false);
    expect(sample(continued('01', last56('bfffffffffffff')))).toBe(false);
  });

  it.each(['02', 'fe'])('reads the sampled bit alone: %s', flags => {
    expect(samplerOf('parentbased_always_on', 1)(continued(flags))).toBe(false);
    expect(samplerOf('parentbased_always_off', 1)(continued(`${flags[0]}${flags === '02' ? '3' : 'f'}`))).toBe(true);
  });

  it('knows the names of OpenTelemetry’s specification', () => {
    expect(SAMPLERS).toHaveLength(6);
  });
});
