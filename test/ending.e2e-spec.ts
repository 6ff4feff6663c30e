import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from './support/http.js';
import type { ProgramOptions } from './support/program.js';
import { Replica } from './support/replica.js';
import { scratchFolder } from './support/services.js';
import { until } from './support/until.js';

/** Milliseconds: far more than what is waited for here, far less than what is not. */
const SOON_MS = 10_000;
const LONG = { DRAIN_PROPAGATION_MS: '60000', TERMINATION_GRACE_MS: '100000' };

describe('a BFF that is told to end', () => {
  let upstreamsFile: string;

  beforeAll(() => {
    upstreamsFile = join(scratchFolder(), 'upstreams.json');
    writeFileSync(upstreamsFile, JSON.stringify({ alpha: ['127.0.0.1:1'] }));
  });

  const environment = (more: ProgramOptions['env']): ProgramOptions['env'] => ({
    DISCOVERY: 'static',
    UPSTREAMS_FILE: upstreamsFile,
    ...more,
  });

  async function start(more: ProgramOptions['env'] = {}): Promise<Replica> {
    const replica = await Replica.start(environment(more));
    await replica.untilReady();
    return replica;
  }

  const untilDraining = (replica: Replica) =>
    until('it drains', async () => (await request(`${replica.url}/health/ready`)).status === 503);

  it('gives requests that outlast it a 503, or a close that tells half a body from a whole one', async () => {
    const replica = await start({ DRAIN_PROPAGATION_MS: '0', DRAIN_IN_FLIGHT_MS: '300' });
    const silent = request(`${replica.url}/lasting/silent`);
    await replica.program.message('asked');
    const half = request(`${replica.url}/lasting/half`).then(
      () => 'whole',
      () => 'half',
    );
    await replica.program.message('asked');
    expect(await replica.end()).toMatchObject({ code: 0 });
    const { status, headers, json } = await silent;
    expect([status, headers.connection, headers['retry-after']]).toEqual([503, 'close', '1']);
    expect(json()).toMatchObject({ code: 'unavailable', status: 503 });
    expect(await half).toBe('half');
  });

  it('hurries at a second SIGTERM, and still answers', async () => {
    const replica = await start({ ...LONG, DRAIN_IN_FLIGHT_MS: '30000' });
    const silent = request(`${replica.url}/lasting/silent`);
    await replica.program.message('asked');
    const ended = replica.end();
    await untilDraining(replica);
    replica.program.child.kill('SIGTERM');
    const { code, tookMs } = await ended;
    expect((await silent).status).toBe(503);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(SOON_MS);
  });

  it('by Ctrl-C, outside production, does not wait for others to notice', async () => {
    const replica = await start(LONG);
    const { code, tookMs } = await replica.end('SIGINT');
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(SOON_MS);
  });

  it('by Ctrl-C, in production, serves on', async () => {
    const replica = await start({ ...LONG, NODE_ENV: 'production', ALLOWED_HOSTS: '*', HOST: '127.0.0.1' });
    const ended = replica.end('SIGINT');
    await untilDraining(replica);
    expect((await request(`${replica.url}/pages/alpha/1`)).headers.connection).toBe('close');
    expect(replica.program.child.exitCode).toBeNull();
    replica.program.child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0 });
  });

  it('does not start when its end could take longer than it is given', async () => {
    const program = Replica.launch(environment({ READINESS_PERIOD_MS: '15000' }));
    expect(await program.ended).toMatchObject({ code: 78 });
    expect(program.stderr).toMatch(/may take \d+ ms, and it is killed after 30000: .*propagationMs 33000.*\n.*mend: /);
  });

  it('is asked for its health without limit', async () => {
    const replica = await start({ THROTTLE_LIMITS: 'address=1/60000,principal=1/60000' });
    const asked = async (path: string, times: number): Promise<number[]> => {
      const answers = await Promise.all(Array.from({ length: times }, () => request(replica.url + path)));
      return [...new Set(answers.map(({ status }) => status))];
    };
    await asked('/pages/alpha/1', 1);
    expect(await asked('/pages/alpha/1', 1)).toEqual([429]);
    for (const probe of ['live', 'ready', 'startup']) expect(await asked(`/health/${probe}`, 50)).toEqual([200]);
    await replica.end('SIGINT');
  });
});
