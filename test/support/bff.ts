import { request } from './http.js';
import { Program, type ProgramOptions } from './program.js';
import { until } from './until.js';

/** A running BFF. */
export interface Bff {
  readonly name: string;
  readonly port: number;
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  /** The same for operators. */
  readonly managementUrl: string;
  readonly program: Program;
}

interface Listening {
  readonly type: 'listening';
  readonly port: number;
  readonly managementPort: number;
}

/** Starts a built BFF on any free ports. @returns once it says that it is ready */
export async function startBff(name: 'web' | 'mobile', env: ProgramOptions['env'] = {}): Promise<Bff> {
  const program = new Program(name, `dist/apps/${name}/main.js`, { env: { PORT: '0', MANAGEMENT_PORT: '0', ...env } });
  const { port, managementPort } = await program.message<Listening>('listening');
  const url = `http://127.0.0.1:${port}`;
  await until(`${name} is ready`, async () => (await request(`${url}/health/ready`)).status === 200);
  return { name, port, url, managementUrl: `http://127.0.0.1:${managementPort}`, program };
}
