import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BootProblems } from 'guichet/kernel';
import { PRICING_PROTO } from '../../test/grpc/grpc-server.js';
import { upstreamRig } from '../../test/upstream-rig.js';
import { HttpUpstream } from '../http-upstream.js';
import { canLoad } from '../optional-package.js';
import { Upstream } from '../upstream.decorator.js';
import { GrpcService, type GrpcServiceFiles } from './grpc-service.js';
import { GrpcUpstream } from './grpc-upstream.js';
import { GRPC_PACKAGES } from './load-grpc.js';

const folder = mkdtempSync(join(tmpdir(), 'guichet-proto-'));
const broken = join(folder, 'broken.proto');

beforeAll(() => writeFileSync(broken, 'syntax = "proto3";\nmessage {'));
afterAll(() => rmSync(folder, { recursive: true }));

async function problemsOf(name: string, files: GrpcServiceFiles): Promise<unknown[]> {
  @Upstream('pricing')
  @GrpcService(name, files)
  class PricingClient extends GrpcUpstream<object> {}
  const problems = new BootProblems();
  PricingClient.prepare(problems);
  return [...problems.all];
}

describe('a GrpcUpstream at boot', () => {
  it('finds its service in files given by path or URL', async () => {
    const files = [PRICING_PROTO, pathToFileURL(PRICING_PROTO)];
    for (const file of files) await expect(problemsOf('test.pricing.v1.Pricing', { files: file })).resolves.toEqual([]);
  });

  it('notes files that are not there', async () => {
    await expect(problemsOf('test.Nothing', { files: join(folder, 'none.proto') })).resolves.toMatchObject([
      { where: 'PricingClient', path: '@GrpcService files', message: expect.stringMatching(/none\.proto.*ENOENT/) },
    ]);
  });

  it('notes files that are no proto files', async () => {
    await expect(problemsOf('test.Nothing', { files: broken })).resolves.toMatchObject([
      { path: '@GrpcService files', message: expect.stringMatching(/broken\.proto.*line 2/) },
    ]);
  });

  it('notes a service that is not in them, and names those that are', async () => {
    await expect(problemsOf('test.pricing.v1.Quote', { files: PRICING_PROTO })).resolves.toMatchObject([
      { path: '@GrpcService name', mend: expect.stringContaining('(test.pricing.v1.Pricing)') },
    ]);
  });

  it('notes a class that does not say its service, and ends the boot', async () => {
    @Upstream('pricing')
    class Plain extends GrpcUpstream<object> {}
    await expect(upstreamRig([Plain])).rejects.toThrow(
      /Plain · @GrpcService: does not say which gRPC service it calls/,
    );
  });

  it('says what to install where gRPC’s packages are missing', () => {
    const problems = new BootProblems();
    const missing = (): never => {
      throw Object.assign(new Error('cannot find'), { code: 'MODULE_NOT_FOUND' });
    };
    expect(canLoad('PricingClient', GRPC_PACKAGES, problems, missing)).toBe(false);
    expect(problems.all).toMatchObject([
      {
        where: 'PricingClient',
        message: expect.stringContaining('MODULE_NOT_FOUND'),
        mend: 'npm install @grpc/grpc-js @grpc/proto-loader',
      },
    ]);
  });

  it('cannot stand beside a client of the same upstream that speaks HTTP', async () => {
    @Upstream('pricing')
    @GrpcService('test.pricing.v1.Pricing', { files: PRICING_PROTO })
    class PricingClient extends GrpcUpstream<object> {}
    @Upstream('pricing')
    class HttpPricingClient extends HttpUpstream {}
    await expect(upstreamRig([PricingClient, HttpPricingClient])).rejects.toThrow(/HttpPricingClient: speaks http/);
  });
});
