import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ManagementServer } from 'guichet/observability';
import { Lifecycle } from './lifecycle.js';
import { type HealthReport, Readiness } from './readiness.js';

/**
 * The probes, on both ports. Plain routes of the HTTP adapter and not controllers: no guard, limit, prefix or version
 * of the app may stand between an orchestrator and its answer.
 */
@Injectable()
export class HealthRoutes implements OnModuleInit {
  private readonly probes: Readonly<Record<string, () => HealthReport | Promise<HealthReport>>> = {
    // Depends on nothing: while the event loop turns, restarting the process would mend nothing.
    '/health/live': () => ({ status: 'ok' }),
    '/health/ready': () => this.readiness.report(),
    '/health/startup': () => ({ status: this.lifecycle.phase === 'booting' ? 'error' : 'ok' }),
  };

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
    @Optional() @Inject(ManagementServer) private readonly management: ManagementServer | undefined,
  ) {}

  onModuleInit(): void {
    for (const [path, probe] of Object.entries(this.probes)) {
      this.serve(path, probe);
      this.serveDetails(path, probe);
    }
  }

  private serve(path: string, probe: () => HealthReport | Promise<HealthReport>): void {
    const adapter = this.host.httpAdapter;
    adapter.get(path, async (_request: unknown, response: unknown) => {
      const { status } = await probe();
      adapter.setHeader(response, 'Cache-Control', 'no-store');
      // Never the details: whoever reaches the app can ask this.
      await adapter.reply(response, { status }, httpStatus(status));
    });
  }

  private serveDetails(path: string, probe: () => HealthReport | Promise<HealthReport>): void {
    this.management?.route('GET', path, async (_request, response, query) => {
      const { status, details } = await probe();
      response.writeHead(httpStatus(status), { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(query.has('verbose') ? { status, details } : { status }));
    });
  }
}

function httpStatus(status: string): number {
  return status === 'ok' || status === 'degraded' ? 200 : 503;
}
