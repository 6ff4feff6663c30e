import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What the issuer's process obeys. */
export interface IssuerSettings {
  readonly refreshStatus: number;
  readonly refreshDelayMs: number;
}

/** `oidc-provider` in a process of its own. */
export class RealIssuer {
  url = '';
  private process: ChildProcess | undefined;

  /** @param origin  of the app that logs in by it */
  async start(origin: string): Promise<void> {
    this.process = spawn(process.execPath, [join(__dirname, '../../test/issuer.mjs')], {
      env: {
        ...process.env,
        ISSUER_OPTIONS: JSON.stringify({ origin, backchannelUrl: `${origin}/bff/backchannel` }),
        NODE_OPTIONS: '',
      },
      stdio: ['pipe', 'pipe', process.env['DEBUG_ISSUER'] ? 'inherit' : 'ignore'],
    });
    const [line] = (await once(this.process.stdout!.setEncoding('utf8'), 'data')) as [string];
    this.url = line.trim();
  }

  async stop(): Promise<void> {
    const running = this.process;
    this.process = undefined;
    if (!running) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  set(settings: Partial<IssuerSettings>): Promise<unknown> {
    return this.tell('set', settings);
  }

  /** How often a refresh token was shown. */
  async refreshes(): Promise<number> {
    return ((await this.tell('refreshes')) as { refreshes: number }).refreshes;
  }

  /** Lets the issuer end sessions at the app, as OpenID Connect Back-Channel Logout says. */
  logOut(subject: string, sid: string | undefined): Promise<unknown> {
    return this.tell('backchannel', { subject, sid });
  }

  private async tell(command: string, body: object = {}): Promise<unknown> {
    const answer = await fetch(`${this.url}/test/${command}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${command}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}

/** A browser, as far as cookies and redirects go: one jar a host and port, no waiting for anybody's script. */
export class CookieBrowser {
  private readonly jars = new Map<string, Map<string, string>>();
  /** The last answer's `Set-Cookie`s. */
  lastSet: string[] = [];

  /** Follows no redirect. */
  async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    const jar = this.jar(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { ...(cookie && { cookie }), ...headers } });
    this.lastSet = answer.headers.getSetCookie();
    for (const line of this.lastSet) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name!);
      else jar.set(name!, value!);
    }
    return answer;
  }

  /** Follows redirects up to the address where `stop` says so, which it does not visit. */
  async follow(url: string, stop: (url: string) => boolean): Promise<string> {
    for (let hops = 0, next = url; hops < 12; hops++) {
      if (stop(next)) return next;
      const answer = await this.get(next);
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`${next}: ${answer.status} ${await answer.text()}`);
      next = new URL(location, next).href;
    }
    throw new Error('too many redirects');
  }

  cookie(url: string, name: string): string | undefined {
    return this.jar(url).get(name);
  }

  setCookie(url: string, name: string, value: string): void {
    this.jar(url).set(name, value);
  }

  private jar(url: string): Map<string, string> {
    const { host } = new URL(url);
    let jar = this.jars.get(host);
    if (!jar) this.jars.set(host, (jar = new Map()));
    return jar;
  }
}
