import { z } from 'zod';
import { check, type Schema } from './schema.js';

describe('check', () => {
  const film = z.object({ id: z.coerce.number(), cast: z.array(z.object({ name: z.string() })).default([]) });

  it('gives what the schema makes of a value', () => {
    expect(check(film, { id: '7', secret: 'x' })).toEqual({ ok: true, value: { id: 7, cast: [] } });
  });

  it('names what is wrong by dotted paths', () => {
    const result = check(film, { id: 'x', cast: [{ name: 'a' }, { name: 7 }] });
    expect(result).toMatchObject({ ok: false, issues: [{ path: 'id' }, { path: 'cast.1.name' }] });
  });

  it('names the whole by an empty path', () => {
    expect(check(film, null)).toMatchObject({ ok: false, issues: [{ path: '' }] });
  });

  it('reads path segments that are objects, as Standard Schema allows', () => {
    const odd: Schema<unknown> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => ({ issues: [{ message: 'no', path: [{ key: 'a' }, 0] }] }),
      },
    };
    expect(check(odd, {})).toEqual({ ok: false, issues: [{ path: 'a.0', message: 'no' }] });
  });

  it('refuses a schema that validates asynchronously', () => {
    const later: Schema<unknown> = {
      '~standard': { version: 1, vendor: 'test', validate: value => Promise.resolve({ value }) },
    };
    expect(() => check(later, {})).toThrow(TypeError);
  });

  it('survives a schema that throws, which zod turns into a promise that rejects', async () => {
    const buggy = z.unknown().refine(() => {
      throw new RangeError('a bug');
    });
    expect(() => check(buggy, {})).toThrow(TypeError);
    // An unhandled rejection would show up, and end the process, within this turn.
    await new Promise(setImmediate);
  });
});
