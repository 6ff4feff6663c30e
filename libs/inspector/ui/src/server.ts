import type { AppView } from '../../src/api/app';
import type { AskersView } from '../../src/api/deprecations/askers';
import type { DeprecatedCallEnding, DeprecatedCallView } from '../../src/api/deprecations/deprecated-calls';
import type { DeprecationView } from '../../src/api/deprecations/deprecation';
import type { DeprecatedView, DeprecationsView } from '../../src/api/deprecations/deprecations';
import type { EndingView } from '../../src/api/deprecations/ending';
import type { SuccessorView } from '../../src/api/deprecations/successors';
import type { ExecutionView } from '../../src/api/execution';
import type { Sample } from '../../src/api/history';
import type { LimitsView } from '../../src/api/limits';
import type { PageView } from '../../src/api/pages';
import type { Tried, TriedAnswer } from '../../src/api/try-page';
import type { RouteFigures, RouteView } from '../../src/api/routes';
import type { UpstreamView } from '../../src/api/upstreams';
import type { ExchangeSummary, ExchangeView } from '../../src/exchanges/exchange';
import type { ExecutionSummary } from '../../src/executions/execution';

/** Where the live configuration stands, as JSON leaves it. */
export interface LiveConfigurationView {
  readonly source: string;
  readonly condition: 'waiting' | 'none' | 'in-force' | 'invalid' | 'missing';
  readonly unreachable?: string;
  readonly inForce: {
    readonly version: string | null;
    readonly from: 'declared' | 'source' | 'last-good';
    readonly sinceEpochMs: number;
  };
  readonly refused?: {
    readonly version: string;
    readonly omitted: number;
    readonly problems: readonly {
      readonly path: string;
      readonly message: string;
      readonly value?: string;
      readonly mend: string;
    }[];
  };
}

export type { LiveEvents } from '../../src/api/live';
export type { SectionView } from '../../src/api/pages';
export type { UpstreamSample } from '../../src/api/history';
export type {
  AppView,
  AskersView,
  DeprecatedCallEnding,
  DeprecatedCallView,
  DeprecatedView,
  DeprecationView,
  EndingView,
  ExchangeSummary,
  ExchangeView,
  ExecutionSummary,
  ExecutionView,
  LimitsView,
  PageView,
  RouteFigures,
  RouteView,
  Sample,
  SuccessorView,
  Tried,
  TriedAnswer,
  UpstreamView,
};

/** The options of one lib, as they hold. */
export interface OptionsView {
  readonly where: string;
  readonly options: readonly { readonly path: string; readonly value: unknown; readonly origin: string }[];
}

/** What can be read, by its path below `/inspector/api/`. */
export interface Readable {
  app: AppView;
  pages: readonly PageView[];
  executions: readonly ExecutionSummary[];
  routes: readonly RouteView[];
  exchanges: readonly ExchangeSummary[];
  deprecations: DeprecationsView;
  upstreams: readonly UpstreamView[];
  history: readonly Sample[];
  limits: LimitsView;
  configuration: readonly OptionsView[];
  /** Null where there is none. */
  'live-configuration': LiveConfigurationView | null;
}

/** The server's answer was no success. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const API = '/inspector/api/';

/** Reads one of the views. @throws Refused */
export async function read<K extends keyof Readable>(what: K, query = ''): Promise<Readable[K]> {
  return (await ask(`${what}${query}`)) as Readable[K];
}

/** Reads one execution from beginning to end. @throws Refused */
export async function readExecution(id: number): Promise<ExecutionView> {
  return (await ask(`executions/${id}`)) as ExecutionView;
}

/** Reads one exchange from beginning to end. @throws Refused */
export async function readExchange(id: number): Promise<ExchangeView> {
  return (await ask(`exchanges/${id}`)) as ExchangeView;
}

/** Has the app asked for one of its pages. @throws Refused */
export async function tryPage(tried: Tried): Promise<TriedAnswer> {
  return (await post('try', tried)) as TriedAnswer;
}

/** Shows the token. @throws Refused */
export async function logIn(token: string): Promise<void> {
  await post('login', { token });
}

export async function logOut(): Promise<void> {
  await post('logout', {});
}

function post(path: string, body: unknown): Promise<unknown> {
  return ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(API + path, { ...init, credentials: 'same-origin' }).catch(() => {
    throw new Refused(0, 'The app does not answer.');
  });
  if (answer.ok) return answer.status === 204 ? undefined : answer.json();
  const problem = (await answer.json().catch(() => ({}))) as { title?: string };
  throw new Refused(answer.status, problem.title ?? `The app answered ${answer.status}.`);
}
