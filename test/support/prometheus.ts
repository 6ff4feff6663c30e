import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type PrometheusPrograms, type RunningPrometheus, startPrometheus } from '../../scripts/servers/prometheus.mjs';
import { request } from './http.js';
import { repository } from './program.js';
import { scratchFolder } from './services.js';

const { programs, trouble } = find();

/** `describe` where there is a Prometheus. Where there is none: with `CI=true` a failing test, elsewhere skipped and said. */
export const describeWithPrometheus = programs !== undefined ? describe : describeMissing;

/** Where the rules and the configuration are. */
export const rulesFolder = join(repository, 'deploy/prometheus');

/** A series of an answer: its labels and its newest value. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Has promtool judge something; throws with its words when it finds fault. */
export function promtool(args: readonly string[], input?: string): string {
  return execFileSync(programs!.promtool, args, {
    cwd: rulesFolder,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input !== undefined && { input }),
  });
}

/** Milliseconds between two looks at the apps, and between two evaluations of the rules. */
const INTERVAL = '250ms';

/** A real Prometheus with the committed configuration and rules, where every duration is shorter and the apps are where they run. */
export class Prometheus {
  private constructor(private readonly running: RunningPrometheus) {}

  /**
   * @param targets  `host:port` of each app's management server
   * @param factor   what durations of the rules are divided by
   */
  static async start(targets: Readonly<Record<string, string>>, factor: number): Promise<Prometheus> {
    const folder = scratchFolder();
    const rules = join(folder, 'rules.yaml');
    writeFileSync(rules, hastened(readFileSync(join(rulesFolder, 'rules.yaml'), 'utf8'), factor));
    const committed = parse(readFileSync(join(rulesFolder, 'prometheus.yml'), 'utf8')) as Configuration;
    const configuration = join(folder, 'prometheus.yml');
    const content: Configuration = {
      ...committed,
      global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
      rule_files: [rules],
      scrape_configs: committed.scrape_configs.map(job => ({
        ...job,
        static_configs: job.static_configs.map(({ labels }) => ({ targets: [targets[labels.app]!], labels })),
      })),
    };
    writeFileSync(configuration, stringify(content));
    return new Prometheus(await startPrometheus({ program: programs!.prometheus, configuration }));
  }

  /** @returns what an expression gives now; throws with Prometheus' words when it is none */
  async query(expression: string): Promise<readonly Sample[]> {
    const { result } = (await this.get(`query?query=${encodeURIComponent(expression)}`)) as {
      result: { metric: Record<string, string>; value: [number, string] }[];
    };
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** @returns every rule's name, and its trouble where it could not be evaluated */
  async rules(): Promise<readonly { readonly name: string; readonly health: string; readonly lastError?: string }[]> {
    const { groups } = (await this.get('rules')) as {
      groups: { rules: { name: string; health: string; lastError?: string }[] }[];
    };
    return groups.flatMap(({ rules }) => rules);
  }

  /** @returns the alerts that are raised, each as `Name app what`, sorted */
  async alerts(): Promise<readonly string[]> {
    return (await this.query('ALERTS{alertstate="firing"}')).map(named).toSorted();
  }

  /** @returns the alerts that were raised at any time in the last milliseconds, as {@link alerts} */
  async alertsWithin(ms: number): Promise<readonly string[]> {
    const raised = await this.query(`max_over_time(ALERTS{alertstate="firing"}[${Math.floor(ms)}ms])`);
    return raised.map(named).toSorted();
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  private async get(path: string): Promise<unknown> {
    const { json } = await request(`${this.running.url}/api/v1/${path}`);
    const { status, data, error } = json() as { status: string; data: unknown; error?: string };
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  }
}

interface Configuration {
  readonly global: object;
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly static_configs: readonly {
      readonly targets: readonly string[];
      readonly labels: { readonly app: string };
    }[];
  }[];
}

function named({ metric: { alertname, app, page, route, upstream } }: Sample): string {
  return [alertname, app, page ?? route ?? upstream].filter(Boolean).join(' ');
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Divides every duration of rules: ranges, offsets, and how long an alert waits. */
export function hastened(rules: string, factor: number): string {
  return rules.replaceAll(
    /(\[|offset |for: )(\d+)([smh])(?=\]|\s|\))/g,
    (_, before: string, amount: string, unit: keyof typeof UNITS) =>
      `${before}${Math.ceil((Number(amount) * UNITS[unit]) / factor)}ms`,
  );
}

function describeMissing(name: string): void {
  if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('needs a Prometheus', () => {
        throw new Error(trouble);
      });
    });
    return;
  }
  process.stderr.write(`SKIPPED ${name}: ${trouble}\n`);
  describe(name, () => it.skip('needs a Prometheus', () => {}));
}

function find(): { programs: PrometheusPrograms | undefined; trouble: string } {
  const path = (command: string) =>
    execFileSync(process.execPath, [join(repository, 'scripts/servers/prometheus.mjs'), command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  try {
    return { programs: { prometheus: path('prometheus'), promtool: path('promtool') }, trouble: '' };
  } catch (error) {
    return { programs: undefined, trouble: String((error as { stderr?: unknown }).stderr ?? error).trim() };
  }
}
