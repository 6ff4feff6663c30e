import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

jest.setTimeout(30_000);

const main = join(__dirname, '..', 'main.mjs');

/** Runs a command as npm does. @returns its exit code and what it said on stderr */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, PORT: '', MANAGEMENT_PORT: '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A command that begins after all is not waited for.
    timeout: 20_000,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', text => (said += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said: said.trim() };
}

describe('a command that is asked for what it does not do', () => {
  it.each([
    [['start', '--prot', '1'], "✗ Unknown option '--prot'. npm start -- --help tells what there is."],
    [['token', '--isuer', 'x'], "✗ Unknown option '--isuer'. npm run token -- --help tells what there is."],
    [['format', '--chekc'], "✗ '--chekc' means nothing here. npm run format -- --help tells what there is."],
    [['typecheck', 'web'], "✗ 'web' means nothing here. npm run typecheck -- --help tells what there is."],
    [['test', '--watch'], "✗ '--watch' means nothing here. npm test -- --help tells what there is."],
    [['test', 'web', 'mobile'], "✗ 'mobile' means nothing here. npm test -- --help tells what there is."],
    [['test:drain', '5'], "✗ '5' means nothing here. npm run test:drain -- --help tells what there is."],
    [['test:security', '--jwt'], "✗ '--jwt' means nothing here. npm run test:security -- --help tells what there is."],
    [['dev', 'web', '--port'], "✗ '--port' means nothing here. npm run dev -- --help tells what there is."],
    [
      ['dev', 'wbe'],
      "✗ There is no app 'wbe' in apps/: npm run dev -- web | mobile. npm run dev -- --help tells what there is.",
    ],
    [
      ['test', 'libs/page'],
      "✗ There is no app 'libs/page' in apps/. The unit tests of a folder or file: npx jest libs/page. npm test -- --help tells what there is.",
    ],
  ])('%j: says so, and where help is', async (args, message) => {
    expect(await run(args)).toEqual({ code: 1, said: message });
  });

  it.each([
    [['start', '--port', '70000'], {}, '--port takes a port, 0 to 65534'],
    [['start'], { PORT: 'abc' }, "PORT takes a port, 0 to 65534; this is 'abc'"],
    [['dev', 'web'], { MANAGEMENT_PORT: 'abc' }, "MANAGEMENT_PORT takes a port, 0 to 65535; this is 'abc'"],
  ])('%j with %j: names what holds no port', async (args, env, message) => {
    expect(await run(args, env)).toEqual({ code: 1, said: expect.stringContaining(message) as string });
  });

  it('names the variables by which npm run dev takes another port than one in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { said } = await run(['dev', 'web'], { PORT: String(port), MANAGEMENT_PORT: '0' });
    other.close();
    expect(said).toBe(
      `✗ Port ${port} for the web BFF is in use. Choose others with PORT and MANAGEMENT_PORT, or end what holds it.`,
    );
  });
});
