import type http from 'node:http';
import type Consul from 'consul';
import { type Cancellation, connectConsul, untyped, type Untyped } from './consul-connection.js';
import { HiddenError, isRefused, policyRule } from './consul-error.js';
import type { ConsulOptions } from './consul.options.js';

/** A service as it is registered with an agent: the body of `/v1/agent/service/register`. */
export type ServiceDefinition = Readonly<Record<string, unknown>>;

/** Since 1.11, `true` where the token may not see all that was asked for. */
const FILTERED = 'x-consul-results-filtered-by-acls';
/** For what does not block: an agent on the same machine answers in milliseconds. */
const TIMEOUT_MS = 2_000;
/** Consul adds up to a sixteenth of the wait, so that not all watchers come back at once. */
const WAIT_MARGIN = 1 + 1 / 16;

/** The few calls of Consul's API that discovery needs. Every failure is a rejection, within a bounded time. */
export class ConsulClient {
  private readonly consul: Consul;
  private readonly agent: http.Agent;

  /** @param maxConnections  how many connections to the agent may be open; further calls queue */
  constructor(
    private readonly options: ConsulOptions,
    maxConnections: number,
  ) {
    const { consul, agent } = connectConsul(options, maxConnections);
    this.consul = consul;
    this.agent = agent;
  }

  /**
   * Asks for a service's instances, whatever their health. With an index the answer waits for a change. Consul hides what a token may
   * not read: that is a refusal here, and not a service without instances.
   * @param index   `x-consul-index` of the answer before
   * @param waitMs  milliseconds after which Consul answers without a change
   */
  async health(
    service: string,
    index: string | undefined,
    waitMs: number,
    cancellation: Cancellation,
  ): Promise<{ index: unknown; body: unknown }> {
    const request = {
      service,
      ...(this.options.datacenter !== undefined && { dc: this.options.datacenter }),
      ...(index !== undefined && { index, wait: `${Math.round(waitMs)}ms` }),
      timeout: index === undefined ? TIMEOUT_MS : waitMs * WAIT_MARGIN + TIMEOUT_MS,
      ctx: cancellation.context,
    };
    const answer: unknown = await this.consul.health.service(request);
    const [{ headers }, body] = answer as [http.IncomingMessage, unknown];
    if (Array.isArray(body) && body.length === 0) {
      await this.assertVisible(service, headers[FILTERED] === 'true', cancellation);
    }
    return { index: headers['x-consul-index'], body };
  }

  /**
   * Asks the agent for a service it runs. With the hash of the answer before, the answer waits for a change.
   * @returns the hash of what is registered now, or undefined when the agent does not know the id
   */
  async ownHash(
    id: string,
    hash: string | undefined,
    waitMs: number,
    cancellation: Cancellation,
  ): Promise<string | undefined> {
    try {
      const { headers } = await this.untyped._get({
        name: 'agent.service.get',
        path: '/agent/service/{id}',
        params: { id },
        query: hash === undefined ? {} : { hash, wait: `${Math.round(waitMs)}ms` },
        headers: this.headers,
        timeout: hash === undefined ? TIMEOUT_MS : waitMs * WAIT_MARGIN + TIMEOUT_MS,
        ctx: cancellation.context,
      });
      return String(headers['x-consul-contenthash'] ?? '');
    } catch (error) {
      if ((error as { statusCode?: unknown }).statusCode === 404) return undefined;
      throw error;
    }
  }

  /**
   * Asks for a key's value. With an index the answer waits for a change.
   * @returns the body: the entry with its value in base64, or undefined where there is no such key
   */
  async value(
    key: string,
    index: string | undefined,
    waitMs: number,
    cancellation: Cancellation,
  ): Promise<{ index: unknown; body: unknown }> {
    const request = {
      name: 'kv.get',
      path: '/kv/{key}',
      params: { key },
      query: {
        ...(this.options.datacenter !== undefined && { dc: this.options.datacenter }),
        ...(index !== undefined && { index, wait: `${Math.round(waitMs)}ms` }),
      },
      headers: this.headers,
      timeout: index === undefined ? TIMEOUT_MS : waitMs * WAIT_MARGIN + TIMEOUT_MS,
      ctx: cancellation.context,
    };
    try {
      const { headers, body } = await this.untyped._get(request);
      return { index: headers['x-consul-index'], body };
    } catch (error) {
      const { statusCode, response } = error as { statusCode?: unknown; response?: http.IncomingMessage };
      if (statusCode !== 404) throw error;
      return { index: response?.headers['x-consul-index'], body: undefined };
    }
  }

  /** Writes a key's value, as text. */
  async setValue(key: string, text: string): Promise<void> {
    await this.untyped._put({
      name: 'kv.set',
      path: '/kv/{key}',
      params: { key },
      query: this.options.datacenter === undefined ? {} : { dc: this.options.datacenter },
      type: 'text',
      body: text,
      headers: this.headers,
      timeout: TIMEOUT_MS,
    });
  }

  /** Takes a key away. */
  async removeValue(key: string): Promise<void> {
    await this.untyped._delete({
      name: 'kv.del',
      path: '/kv/{key}',
      params: { key },
      query: this.options.datacenter === undefined ? {} : { dc: this.options.datacenter },
      headers: this.headers,
      timeout: TIMEOUT_MS,
    });
  }

  /** @returns whether Consul has a leader: without one, an agent takes a registration and cannot pass it on */
  async hasLeader(): Promise<boolean> {
    const { body } = await this.untyped._get({ name: 'status.leader', path: '/status/leader', timeout: TIMEOUT_MS });
    return typeof body === 'string' && body !== '';
  }

  /**
   * Registers a service. Not by npm's own method, which leaves the weights out. Checks of an earlier life go, the one of
   * maintenance mode included: who was killed while it left would come back and never be called.
   */
  async register(definition: ServiceDefinition): Promise<void> {
    await this.untyped._put({
      name: 'agent.service.register',
      path: '/agent/service/register',
      query: { 'replace-existing-checks': 'true' },
      type: 'json',
      body: definition,
      headers: this.headers,
      timeout: TIMEOUT_MS,
    });
  }

  /** Has a registered service fail a check, with a reason, so that everybody sees that it is there and not to be called. */
  async maintain(id: string, reason: string): Promise<void> {
    await this.untyped._put({
      name: 'agent.service.maintenance',
      path: '/agent/service/maintenance/{id}',
      params: { id },
      query: { enable: 'true', reason },
      headers: this.headers,
      timeout: TIMEOUT_MS,
    });
  }

  /** Takes a registration back. */
  async deregister(id: string): Promise<void> {
    await this.consul.agent.service.deregister({ id, timeout: TIMEOUT_MS } as { id: string });
  }

  /** Closes all connections. */
  close(): void {
    this.agent.destroy();
  }

  /**
   * Nobody is there, or the token may not see who is? An agent's own health of a service is refused where the catalogue is filtered.
   * It goes by what holds in its own datacenter, and says nothing of another's.
   * @param isFiltered  whether Consul says that it left something out; before 1.11 it never does
   */
  private async assertVisible(service: string, isFiltered: boolean, { context }: Cancellation): Promise<void> {
    if (this.options.datacenter !== undefined) {
      if (isFiltered) throw new HiddenError(policyRule('service', service, 'read'));
      return;
    }
    const request = {
      name: 'agent.health.service',
      path: '/agent/health/service/name/{service}',
      params: { service },
      query: { format: 'text' },
      headers: this.headers,
      timeout: TIMEOUT_MS,
      ctx: context,
    };
    await this.untyped._get(request).catch((error: unknown) => {
      // Every other status says how the agent's own instances are, which are none.
      if (isRefused(error)) throw error;
    });
    if (isFiltered) throw new HiddenError(policyRule('node_prefix', '', 'read'));
  }

  private get untyped(): Untyped {
    return untyped(this.consul);
  }

  private get headers(): Record<string, string> {
    return this.options.token === undefined ? {} : { 'x-consul-token': this.options.token };
  }
}
