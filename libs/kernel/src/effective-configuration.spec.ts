import { z } from 'zod';
import { BootProblems } from './boot-problems.js';
import { HIDDEN } from './disclosed.js';
import { EffectiveConfiguration } from './effective-configuration.js';
import { readOptions } from './read-options.js';

const schema = z.strictObject({
  port: z.coerce.number().default(3000),
  retry: z.strictObject({ maxAttempts: z.number().default(2), ratio: z.number().default(0.1) }).prefault({}),
  hosts: z.array(z.string()).default([]),
});

const optionsOf = (raw: object): Record<string, unknown> => {
  const configuration = new EffectiveConfiguration();
  configuration.note('demo', raw, raw);
  return Object.fromEntries(configuration.all[0]!.options.map(({ path, value }) => [path, value]));
};

describe('EffectiveConfiguration', () => {
  it('has every option that was read, and where each comes from', () => {
    const problems = new BootProblems();
    readOptions('demo', schema, { port: '80', retry: { maxAttempts: 3 } }, problems, { port: 'PORT' });
    expect(problems.configuration.all).toEqual([
      {
        where: 'demo',
        options: [
          { path: 'port', value: 80, origin: 'PORT' },
          { path: 'retry.maxAttempts', value: 3, origin: 'code' },
          { path: 'retry.ratio', value: 0.1, origin: 'default' },
          { path: 'hosts', value: [], origin: 'default' },
        ],
      },
    ]);
  });

  it('notes what was read twice once', () => {
    const problems = new BootProblems();
    readOptions('demo', schema, {}, problems);
    readOptions('demo', schema, { port: 1 }, problems);
    expect(problems.configuration.all).toHaveLength(1);
    expect(problems.configuration.all[0]!.options[0]).toMatchObject({ value: 1 });
  });

  it.each([
    ['clientSecret', 'hunter2'],
    ['consul.token', 'hunter2'],
    ['hmacSecret', 'hunter2'],
    ['signingKey', 'hunter2'],
    ['tls.privateKey', 'hunter2'],
    ['api_key', 'hunter2'],
    ['passwords', ['hunter2']],
    ['harmless', '-----BEGIN PRIVATE KEY-----hunter2'],
    ['harmless', '{"kty":"OKP","d":"hunter2"}'],
    ['harmless', ['eyJhbGciOiJIUzI1NiJ9.hunter2']],
    ['redisUrl', 'redis://user:hunter2@redis:6379/0'],
    ['redisUrl', 'redis://redis:6379/?password=hunter2'],
    [
      'store',
      new (class Redis {
        password = 'hunter2';
      })(),
    ],
  ])('hides what may be a secret: %s', (path, value) => {
    const raw = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;
    const options = optionsOf(raw);
    expect(Object.keys(options)).toEqual([path]);
    expect(JSON.stringify(options)).not.toContain('hunter2');
  });

  it('hides by the name of the variable, too', () => {
    const configuration = new EffectiveConfiguration();
    configuration.note('demo', { value: 'hunter2' }, { value: 'hunter2' }, { value: 'APP_TOKEN' });
    expect(configuration.all[0]!.options).toEqual([{ path: 'value', value: HIDDEN, origin: 'APP_TOKEN' }]);
  });

  it('shows what only says where something is, or how much', () => {
    const raw = { keyFile: '/run/key.pem', apiKeyHeader: 'x-api-key', maxTokenBytes: 8_192, address: 'consul:8500' };
    expect(optionsOf(raw)).toEqual(raw);
  });

  it('keeps nothing that is no JSON, and nothing long', () => {
    expect(optionsOf({ hook: () => 1, long: 'x'.repeat(1_000), at: new Date(0) })).toEqual({
      hook: '[function]',
      long: `${'x'.repeat(199)}…`,
      at: '[Date]',
    });
  });
});
