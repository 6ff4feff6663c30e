import { z } from 'zod';
import { BootError, BootProblems } from './boot-problems.js';
import { readOptions } from './read-options.js';

const schema = z.strictObject({
  port: z.coerce.number().int().min(0).max(65_535).default(3000),
  mode: z.enum(['static', 'consul']).default('consul'),
  token: z.string().min(8).optional(),
  retry: z.strictObject({ maxAttempts: z.number().int().min(1).default(2) }).prefault({}),
});

describe('readOptions', () => {
  it('fills in defaults and freezes to the ground', () => {
    const options = readOptions('demo', schema, { port: '80' });
    expect(options).toEqual({ port: 80, mode: 'consul', retry: { maxAttempts: 2 } });
    expect(Object.isFrozen(options)).toBe(true);
    expect(Object.isFrozen(options.retry)).toBe(true);
  });

  it('throws all that is wrong at once where nobody gathers problems', () => {
    const read = () => readOptions('demo', schema, { port: 70_000, mode: 'dns', retries: 3 });
    expect(read).toThrow(BootError);
    expect(read).toThrow(/3 problems[^]*demo · port[^]*demo · mode[^]*demo · retries/);
  });

  it('notes what is wrong and goes on with the defaults of the faulty options alone', () => {
    const problems = new BootProblems();
    const options = readOptions('demo', schema, { port: 70_000, mode: 'static', retry: { maxAttempts: 0 } }, problems);
    expect(options).toEqual({ port: 3000, mode: 'static', retry: { maxAttempts: 2 } });
    expect(problems.all).toEqual([
      expect.objectContaining({ where: 'demo', path: 'port', value: '70000', mend: 'set it to at most 65535' }),
      expect.objectContaining({ where: 'demo', path: 'retry.maxAttempts', value: '0', mend: 'set it to at least 1' }),
    ]);
  });

  it('names an unknown option by its full path', () => {
    const problems = new BootProblems();
    readOptions('demo', schema, { retry: { attempts: 3 } }, problems);
    expect(problems.all).toEqual([
      expect.objectContaining({ path: 'retry.attempts', message: 'unknown option', mend: expect.any(String) }),
    ]);
  });

  it('names the environment variable a value came from, and the choices there are', () => {
    const problems = new BootProblems();
    readOptions('demo', schema, { mode: 'dns' }, problems, { mode: 'DISCOVERY' });
    expect(problems.all).toEqual([
      expect.objectContaining({ path: 'DISCOVERY', value: '"dns"', mend: 'set it to one of static, consul' }),
    ]);
  });

  it('says what is wanted in the words of the schema', () => {
    const worded = z.strictObject({
      issuer: z.url({ error: 'is an https URL' }),
      proxies: z.union([z.int(), z.array(z.string())], { error: 'is a number of proxies' }).optional(),
      name: z.string().min(8, 'is shorter than 8 characters').optional(),
      kind: z.enum(['a', 'b']),
    });
    const told = (raw: object): string[] => {
      const problems = new BootProblems();
      expect(() => readOptions('demo', worded, raw, problems)).toThrow(BootError);
      return problems.all.map(({ path, message, mend }) => `${path}: ${message}; ${mend}`);
    };
    expect(told({})).toEqual(['issuer: is missing; set it to an https URL', 'kind: is missing; set it to one of a, b']);
    expect(told({ issuer: 'x', proxies: 'y', name: 'z', kind: 'a' })).toEqual([
      'issuer: is not an https URL; set it to an https URL',
      'proxies: is not a number of proxies; set it to a number of proxies',
      'name: is shorter than 8 characters; set it to at least 8',
    ]);
  });

  it('names the variable of which a part is wrong', () => {
    const problems = new BootProblems();
    const origins = { retry: 'RETRY', 'retry.delay': 'RETRY_DELAY' };
    readOptions('demo', schema, { retry: { maxAttempts: 0 } }, problems, origins);
    expect(problems.all[0]).toMatchObject({ path: 'RETRY (retry.maxAttempts)' });
  });

  it('shows no secret', () => {
    const problems = new BootProblems();
    readOptions('demo', schema, { token: 'hunter2' }, problems);
    expect(problems.all[0]).toMatchObject({ path: 'token' });
    expect(JSON.stringify(problems.all)).not.toContain('hunter2');
  });

  it('shows no secret by the name of its variable either', () => {
    const problems = new BootProblems();
    const named = z.strictObject({ key: z.string().min(8).optional() });
    readOptions('demo', named, { key: 'hunter2' }, problems, { key: 'SESSION_SECRET' });
    expect(JSON.stringify(problems.all)).not.toContain('hunter2');
  });

  it('shows no secret by the name of an option inside of a variable', () => {
    const problems = new BootProblems();
    const nested = z.strictObject({ client: z.strictObject({ password: z.string().min(8).optional() }) });
    readOptions('demo', nested, { client: { password: 'hunter2' } }, problems, { client: 'CLIENT' });
    expect(JSON.stringify(problems.all)).not.toContain('hunter2');
  });

  it('cuts long values short', () => {
    const problems = new BootProblems();
    readOptions('demo', schema, { mode: 'x'.repeat(1000) }, problems);
    expect(problems.all[0]!.value!.length).toBeLessThanOrEqual(80);
  });

  it('ends at once where a required option is missing, with what the others had noted', () => {
    const problems = new BootProblems();
    problems.add({ where: 'other', path: 'x', message: 'odd', mend: 'mend it' });
    const required = z.strictObject({ url: z.url() });
    expect(() => readOptions('demo', required, {}, problems)).toThrow(
      /2 problems stop the boot[^]*other · x[^]*demo · url/,
    );
  });
});
